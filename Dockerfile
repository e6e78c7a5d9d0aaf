# One image for every command: `docker run … run` is the default, `docker run … check`, `web`, `clock` … the others.
# The base is Debian 12 by its tag, so that rebuilding takes up its security fixes, with Debian's own Python: the same as
# on a machine of docs/operations.md. Everything else comes from the locks, by their hashes.
FROM debian:bookworm-slim AS built

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv

WORKDIR /opt/hlasatel

# The packages first: they change far less often than the code, and this layer is the large one.
COPY requirements/build.txt requirements/run.txt requirements/
RUN python3 -m venv .venv \
    && .venv/bin/pip install --require-hashes -r requirements/build.txt -r requirements/run.txt

COPY pyproject.toml README.md LICENSE ./
COPY worker worker
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m compileall -q worker \
    && .venv/bin/pip uninstall --yes pip setuptools


FROM debian:bookworm-slim

# Pango sets the type of PDFs (worker/forms); the typeface has every letter of Czech, and its index is made here, where
# it can still be written.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates python3 fontconfig fonts-dejavu-core libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache \
    && groupadd --system --gid 10001 hlasatel \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/hlasatel --shell /usr/sbin/nologin hlasatel \
    && install -d -o hlasatel -g hlasatel -m 0700 /var/lib/hlasatel

COPY --from=built /opt/hlasatel /opt/hlasatel
COPY templates /opt/hlasatel/templates
COPY config /opt/hlasatel/config
COPY schedules.yaml /opt/hlasatel/schedules.yaml
# The samples, until the office puts its own here; the demo keeps to those above.
COPY config /etc/hlasatel/config
COPY schedules.yaml /etc/hlasatel/schedules.yaml

ENV PATH=/opt/hlasatel/.venv/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp \
    HLASATEL_PLAN=/etc/hlasatel/schedules.yaml \
    HLASATEL_DATA=/var/lib/hlasatel

USER hlasatel
WORKDIR /var/lib/hlasatel

# /var/lib/hlasatel holds the database and the keys; /etc/hlasatel is for the office's own plan and configuration. Nothing
# else is written but /tmp.
VOLUME ["/var/lib/hlasatel"]
EXPOSE 8080

# Only `run` and `web` answer here; give a container of another command --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4).close()"]

ENTRYPOINT ["hlasatel"]
CMD ["run", "--bind", "0.0.0.0:8080"]
