FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
# The second variable is for newer versions of pip, which build under constraints of their own.
ENV PIP_CONSTRAINT=/source/constraints.txt PIP_BUILD_CONSTRAINT=/source/constraints.txt
RUN python -m venv /opt/deckhand \
    && /opt/deckhand/bin/pip install --no-cache-dir '.[postgres]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home deckhand
COPY --from=build /opt/deckhand /opt/deckhand
ENV PATH=/opt/deckhand/bin:$PATH PYTHONUNBUFFERED=1
USER deckhand
WORKDIR /data
VOLUME /data
ENTRYPOINT ["deckhand"]
CMD ["run", "--config", "/data/config.yaml"]
