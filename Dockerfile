# Debian 13, by a digest that many used in October 2026. Dependabot proposes a newer one each week; by hand:
# docker buildx imagetools inspect debian:trixie-slim
FROM debian:trixie-slim@sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f AS base

FROM base AS build
# Versions of Debian's packages are not written down: the newest security fix is wanted, and the base has a digest.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
# The environment that goes into the image has no pip; one beside it installs there.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/library
COPY requirements.txt /tmp/requirements.txt
RUN /opt/pip/bin/pip --no-cache-dir --python /opt/library/bin/python install --require-hashes --only-binary :all: --no-compile --requirement /tmp/requirements.txt
WORKDIR /srv/library
COPY . .
# The settings want a secret to start; this one lives only as long as the command that gathers the static files. Without
# DEBUG=0 it would write no manifest, and every page of the image would be a 500.
RUN DEBUG=0 SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=sqlite:////tmp/none.sqlite3 /opt/library/bin/python -B manage.py collectstatic --no-input && /opt/library/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/library/lib /srv/library

FROM base
ENV PATH=/opt/library/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ENV DEBUG=0 HOST=0.0.0.0 PORT=8000 FILES_DIR=/var/lib/library/files SEARCH_DIR=/var/lib/library/search
# As above; the upgrade brings what was mended since the base was built. pg_dump and pg_restore are for backups.
# hadolint ignore=DL3008
RUN apt-get update && apt-get upgrade --yes && apt-get install --yes --no-install-recommends ca-certificates postgresql-client python3 tini tzdata && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
# Volumes mounted here begin with these folders' owner.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin library && install --directory --owner=library --group=library /var/lib/library/files /var/lib/library/search /var/lib/library/secrets
COPY --from=build /opt/library /opt/library
COPY --from=build /srv/library /srv/library
WORKDIR /srv/library
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["sh", "-c", "exec python -m library.operations.health_check \"$PORT\" \"${ALLOWED_HOSTS%%,*}\""]
# A command such as migrate, as the first process, would not hear SIGTERM; tini's child does.
ENTRYPOINT ["tini", "--"]
CMD ["python", "-m", "library.operations.processes", "web"]
