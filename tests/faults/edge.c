/* The edge between a worker and the world, as a library to preload: every write to a file, every sync of one, every
 * removal and every byte sent to or awaited from a socket passes here and is counted. When told so, the process is
 * killed before the n-th of them, or after half of it, or the call fails like on a full or broken disk.
 *
 * edge_arm() is for the process itself; EDGE_TRIGGER names a file that makes every process with this library fail:
 * "<kinds> <errno> <times>", so often, then the file is gone. EDGE_REPORT names a file that gets a line when the final dot of a message leaves
 * while something written to an SQLite file has not been synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, REMOVE = 4, SEND = 8, RECEIVE = 16 };
enum { KILL = 1, HALF = 2, FAIL = 3 };

#define FILES 1024

static atomic_long passed, at = -1, until = -1;
static atomic_int kinds, action, error, watching;
static atomic_char unsynced[FILES];
static atomic_int removed;

#define REAL(name)                                                                                                     \
    ({                                                                                                                 \
        static __typeof__(&name) real;                                                                                 \
        if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                  \
        real;                                                                                                          \
    })

void edge_arm(int of, long first, long last, int what, int number) {
    kinds = of;
    action = what;
    error = number;
    passed = 0;
    until = last;
    at = first;
}

long edge_passed(void) { return passed; }

static void die(void) {
    kill(getpid(), SIGKILL);
    pause();
}

static mode_t sort(int fd) {
    struct stat found;
    return fd > 2 && fstat(fd, &found) == 0 ? found.st_mode & S_IFMT : 0;
}

static int triggered(int kind) {
    static __thread int inside;
    const char *trigger = getenv("EDGE_TRIGGER");
    char text[64];
    int of = 0, number = 0, times = 0, fd;
    ssize_t size;
    if (!trigger || inside) return 0;
    inside = 1;
    fd = open(trigger, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        size = REAL(read)(fd, text, sizeof text - 1);
        text[size > 0 ? size : 0] = 0;
        sscanf(text, "%d %d %d", &of, &number, &times);
        if (of & kind) {
            size = snprintf(text, sizeof text, "%d %d %-6d", of, number, times - 1);
            if (times <= 1) REAL(unlink)(trigger);
            else if (REAL(pwrite64)(fd, text, size, 0) != size) abort();
        }
        close(fd);
    }
    inside = 0;
    return of & kind ? number : 0;
}

/* What becomes of this call: 0 it goes on, HALF it is cut, FAIL with errno set. KILL does not return. */
static int passing(int kind) {
    int number;
    if (at >= 0 && kinds & kind) {
        long mine = passed++;
        if (mine >= at && mine <= until) {
            if (action == KILL || (action == HALF && !(kind & (WRITE | SEND)))) die();
            if (action == HALF) return HALF;
            errno = error;
            return FAIL;
        }
    }
    if (kind & (WRITE | SYNC) && (number = triggered(kind))) {
        errno = number;
        return FAIL;
    }
    return 0;
}

/* What an SQLite file holds and the disk not yet. The report shows a dot that left before its intent was durable. */
static int of_database(int fd) {
    char link[64], path[512];
    ssize_t size;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return strstr(path, ".sqlite3") && !strstr(path, ".lock") && !strstr(path, "-shm");
}

static void written(int fd) {
    if (watching && fd < FILES && of_database(fd)) unsynced[fd] = 1;
}

static void synced(int fd) {
    if (!watching) return;
    if (sort(fd) == S_IFDIR) removed = 0;
    else if (fd < FILES) unsynced[fd] = 0;
}

static void look(const void *bytes, size_t size) {
    const char *report = getenv("EDGE_REPORT");
    int pending = removed;
    int dot = (size >= 3 && !memcmp(bytes, ".\r\n", 3)) || memmem(bytes, size, "\r\n.\r\n", 5);
    if (!watching || !report || !dot) return;
    for (int fd = 0; fd < FILES; fd++) pending += unsynced[fd];
    if (pending) {
        int fd = open(report, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) {
            if (REAL(write)(fd, "a dot before a sync\n", 20) < 0) abort();
            close(fd);
        }
    }
}

void edge_watch(void) { watching = 1; }

#define CUT(kind, call, half)                                                                                          \
    do {                                                                                                               \
        int what = passing(kind);                                                                                      \
        if (what == FAIL) return -1;                                                                                   \
        if (what == HALF) {                                                                                            \
            half;                                                                                                      \
            die();                                                                                                     \
        }                                                                                                              \
        return call;                                                                                                   \
    } while (0)

ssize_t pwrite64(int fd, const void *from, size_t size, off64_t offset) {
    if (sort(fd) == S_IFREG) {
        written(fd);
        CUT(WRITE, REAL(pwrite64)(fd, from, size, offset), REAL(pwrite64)(fd, from, size / 2, offset));
    }
    return REAL(pwrite64)(fd, from, size, offset);
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t offset) { return pwrite64(fd, from, size, offset); }

ssize_t write(int fd, const void *from, size_t size) {
    mode_t mode = sort(fd);
    if (mode == S_IFSOCK) {
        look(from, size);
        CUT(SEND, REAL(write)(fd, from, size), REAL(write)(fd, from, size / 2));
    }
    if (mode == S_IFREG) {
        written(fd);
        CUT(WRITE, REAL(write)(fd, from, size), REAL(write)(fd, from, size / 2));
    }
    return REAL(write)(fd, from, size);
}

ssize_t pwritev(int fd, const struct iovec *from, int count, off_t offset) {
    if (sort(fd) == S_IFREG) CUT(WRITE, REAL(pwritev)(fd, from, count, offset), REAL(pwritev)(fd, from, 1, offset));
    return REAL(pwritev)(fd, from, count, offset);
}

int fsync(int fd) {
    int what = sort(fd) ? passing(SYNC) : 0;
    if (what == FAIL) return -1;
    synced(fd);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    int what = sort(fd) ? passing(SYNC) : 0;
    if (what == FAIL) return -1;
    synced(fd);
    return REAL(fdatasync)(fd);
}

int ftruncate64(int fd, off64_t size) {
    written(fd);
    CUT(WRITE, REAL(ftruncate64)(fd, size), REAL(ftruncate64)(fd, size));
}

int unlink(const char *path) {
    if (watching && strstr(path, ".sqlite3-journal")) removed = 1;
    CUT(REMOVE, REAL(unlink)(path), REAL(unlink)(path));
}

ssize_t send(int fd, const void *from, size_t size, int flags) {
    look(from, size);
    CUT(SEND, REAL(send)(fd, from, size, flags), REAL(send)(fd, from, size / 2, flags));
}

ssize_t sendmsg(int fd, const struct msghdr *from, int flags) {
    for (size_t part = 0; part < from->msg_iovlen; part++)
        look(from->msg_iov[part].iov_base, from->msg_iov[part].iov_len);
    CUT(SEND, REAL(sendmsg)(fd, from, flags), die());
}

ssize_t recv(int fd, void *into, size_t size, int flags) { CUT(RECEIVE, REAL(recv)(fd, into, size, flags), die()); }
