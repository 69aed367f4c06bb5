FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/library
COPY requirements.txt /tmp/requirements.txt
RUN /opt/library/bin/pip install --require-hashes --only-binary :all: --requirement /tmp/requirements.txt

FROM python:3.12-slim-bookworm
ENV PATH=/opt/library/bin:$PATH PYTHONUNBUFFERED=1 DEBUG=0 PORT=8000
RUN useradd --system --uid 10001 --no-create-home library
COPY --from=build /opt/library /opt/library
WORKDIR /srv/library
COPY . .
# The settings want a secret to start; this one lives only as long as the command that gathers the static files.
RUN SECRET_KEY=build ALLOWED_HOSTS=build python manage.py collectstatic --no-input && mkdir -p .data && chown library .data
USER library
EXPOSE 8000
CMD ["sh", "-c", "exec granian --interface wsgi --host 0.0.0.0 --port $PORT --workers ${WEB_WORKERS:-2} --blocking-threads 4 --respawn-failed-workers --respawn-interval 0.5 library.wsgi:application"]
