# The bot without its build tools. BASE can be any Debian image with Python 3.11 or newer: --build-arg BASE=…
ARG BASE=docker.io/library/python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /source
RUN python3 -m venv /opt/bot
COPY requirements.lock ./
RUN /opt/bot/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml setup.py README.md LICENSE ./
COPY bot bot
COPY adapters adapters
RUN /opt/bot/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/bot/bin/python -m pip uninstall --yes setuptools pip

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin bot \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/bot /opt/bot
# The bot writes only to /data and /tmp, so the root file system can be read-only. A process that doesn't serve Slack's
# requests answers probes on the same port.
ENV PATH=/opt/bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/contentstats-bot.sqlite3 \
    HOST=0.0.0.0 \
    PORT=3000 \
    PROBE_PORT=3000 \
    LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["python3", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=8)"]
ENTRYPOINT ["contentstats-bot"]
CMD ["run"]
