"""The files of deploy/nginx and deploy/apache on real servers: what they pass on, throw away and keep to themselves."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.operations import first_approval
from tools.operations.blocks import blocks, with_own_values
from tools.operations.machine import Failed, Machine, machine, network
from tools.operations.relay import mailbox

NAME = first_approval.NAME
TOKEN = "tajny-zeton-ktery-nesmi-byt-v-zadnem-zaznamu-1"
_FORGED = "X-Forwarded-For: 203.0.113.{}"
_SIGN_ON = """
printf '\\n[sign_on]\\nheader = "X-Remote-User"\\n[sign_on.people]\\n"jana" = "koordinator"\\n' \\
    >> /etc/hlasatel/config/settings.toml
apt-get install -y -q --no-install-recommends apache2 apache2-utils
systemctl disable --now apache2
htpasswd -bc /etc/nginx/hlasatel.users jana heslo
cp /etc/nginx/hlasatel.users /etc/apache2/hlasatel.users
a2enmod -q ssl http2 headers proxy proxy_http
a2dissite -q 000-default
systemctl restart hlasatel
"""
_READY = """
for second in $(seq 60); do
    python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz')" 2>/dev/null && exit
    sleep 1
done
exit 1
"""
_SERVERS = {
    "nginx": """
sed 's/hlasatel\\.example\\.org/{name}/g; /location \\/ {{/i include /opt/hlasatel/deploy/nginx/sign-on.conf;' \\
    /opt/hlasatel/deploy/nginx/hlasatel.conf > /etc/nginx/sites-available/hlasatel
nginx -t && systemctl restart nginx
""",
    "nginx, under a path": """
cat > /etc/nginx/sites-available/hlasatel <<END
server {{
    listen 443 ssl; server_name {name};
    ssl_certificate /etc/ssl/hlasatel/cert.pem; ssl_certificate_key /etc/ssl/hlasatel/key.pem;
    include /opt/hlasatel/deploy/nginx/hlasatel-path.conf;
}}
END
nginx -t && systemctl restart nginx
""",
    "Apache": """
systemctl stop nginx
sed 's/hlasatel\\.example\\.org/{name}/g; s|^</VirtualHost>|Include /opt/hlasatel/deploy/apache/sign-on.conf\\n&|' \\
    /opt/hlasatel/deploy/apache/hlasatel.conf > /etc/apache2/sites-available/hlasatel.conf
a2ensite -q hlasatel && apache2ctl -t && systemctl restart apache2
""",
    "Apache, under a path": """
cat > /etc/apache2/sites-available/hlasatel.conf <<END
<VirtualHost *:443>
    ServerName {name}
    SSLEngine on
    SSLCertificateFile /etc/ssl/hlasatel/cert.pem
    SSLCertificateKeyFile /etc/ssl/hlasatel/key.pem
    CustomLog \\${{APACHE_LOG_DIR}}/access.log combined env=!hlasatel
    Include /opt/hlasatel/deploy/apache/hlasatel-path.conf
</VirtualHost>
END
apache2ctl -t && systemctl restart apache2
""",
}


def try_it(archive: Path, bundle: Path, folder: Path) -> str:
    """The account, a line for each server and way; Failed when one lets through or keeps what it should not."""
    values, *steps = blocks(first_approval.SECTION)
    told = []
    with network(), mailbox(), machine("urad", 11, archive, folder) as urad:
        (urad.folder / "srv/hlasatel.bundle").write_bytes(bundle.read_bytes())
        for step in steps:
            urad.run(with_own_values(values, first_approval.own_values()) + step)
        urad.run(_SIGN_ON)
        for server, set_up in _SERVERS.items():
            path = "/hlasatel" if "path" in server else ""
            urad.run(
                f"sed -i 's|^HLASATEL_BASE_URL=.*|&{path}|' /etc/hlasatel/environment && systemctl restart hlasatel"
            )
            urad.run(set_up.format(name=NAME))
            urad.run(_READY)
            told += _tried(server, urad, path)
            urad.run(f"sed -i 's|^\\(HLASATEL_BASE_URL=.*\\){path}$|\\1|' /etc/hlasatel/environment")
    return "\n".join(told)


def _tried(server: str, urad: Machine, path: str) -> list[str]:
    ask = _asker(urad, path)
    _is(ask("/readyz"), "200", f"{server}: pages")
    _is(ask("/archiv"), "200", f"{server}: the public pages")
    _is(ask(f"/o/{'A' * 22}", "-d", "List-Unsubscribe=One-Click"), "200", f"{server}: one click")
    _is(ask("/metrics"), "404", f"{server}: numbers stay inside")
    forged = ask("/koordinator", "-H", "X-Remote-User: jana")
    _is(forged, "403" if path else "401", f"{server}: a name of one's own")
    if not path:
        plain = ask("/odber?x=1", scheme="http")
        _is(plain, "301", f"{server}: HTTP")
        _is(ask("/koordinator", "-u", "jana:heslo"), "200", f"{server}: sign-on")
        _is(ask("/koordinator", "-u", "jana:heslo", "-H", "X-Remote-User: reditel"), "200", f"{server}: sign-on, twice")
    upload = urad.folder.parent / "upload"
    upload.write_bytes(b"x" * 36_000_000)
    answer = ask("/odber/nic", "--data-binary", f"@{upload}", body=True)
    if "413" in answer and ("nginx" in answer or "Apache" in answer):  # the page itself takes less, and may hang up
        raise Failed(f"{server}: an upload is stopped before Hlasatel sees it: {answer[:300]}")
    for guess in range(101):
        found = ask(f"/schvaleni/{TOKEN}", "-H", _FORGED.format(guess))
    _is(found, "429", f"{server}: who guesses is known by her own address, whatever she says")
    urad.run("systemctl stop hlasatel")
    ask(f"/schvaleni/{TOKEN}")
    urad.run("systemctl start hlasatel")
    logged = urad.run(f"grep -rl {TOKEN} /var/log || true; journalctl --no-pager | grep -c {TOKEN} || true").split()
    if logged != ["0"]:
        raise Failed(f"{server}: a token stands in a log: {logged}")
    return [f"{server}: pages, one click, 36 MB, no token in a log, no forged header let through"]


def _asker(urad: Machine, path: str) -> Callable[..., str]:
    def ask(page: str, *more: str, scheme: str = "https", body: bool = False) -> str:
        """The status, or the body, of what the server at the machine's address answers."""
        wanted = [] if body else ["-o", "/dev/null", "-w", "%{http_code}"]
        found = ["--resolve", f"{NAME}:443:{urad.address}", "--resolve", f"{NAME}:80:{urad.address}"]
        trusted = ["--cacert", str(urad.folder / "etc/ssl/hlasatel/cert.pem")]
        command = ["curl", "-sS", *wanted, *found, *trusted, *more, f"{scheme}://{NAME}{path}{page}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        return done.stdout if done.returncode in (0, 55, 56) else f"curl {done.returncode}: {done.stderr}"

    return ask


def _is(found: str, wanted: str, what: str) -> None:
    if found != wanted:
        raise Failed(f"{what}: {found} instead of {wanted}")
