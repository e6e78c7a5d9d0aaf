# One image for every command: `docker run … run` is the default, `docker run … check`, `web`, `tick` … the others.
# The base is named by its tag, so that rebuilding takes up its security fixes; everything else comes from the locks.
FROM python:3.13-slim

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/hlasatel/bin:$PATH

WORKDIR /app

# Pango sets the type of PDFs (worker/forms); the typeface has every letter of Czech.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

# The packages first: they change far less often than the code, and this layer is the large one.
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/hlasatel \
    && pip install --require-hashes -r requirements/build.txt -r requirements/run.txt

COPY pyproject.toml README.md LICENSE ./
COPY worker worker
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q worker \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin hlasatel \
    && install -d -o hlasatel -g hlasatel -m 0700 data

COPY templates templates
COPY config config
COPY schedules.yaml ./

USER hlasatel

# data holds the database, the keys and the lock; config and schedules.yaml are for the authority's own.
VOLUME ["/app/data", "/app/config"]
EXPOSE 8080

# Only `run` and `web` answer here; give a container of another command --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4).close()"]

ENTRYPOINT ["hlasatel"]
CMD ["run", "--bind", "0.0.0.0:8080"]
