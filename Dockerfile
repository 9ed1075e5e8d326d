# Solion in a container: docker build -t solion . && docker run --rm -v "$PWD:/work" solion run lto4-voltammogram
FROM python:3.11-slim

COPY . /solion
WORKDIR /solion

# The two lines of the README; the run fills the cache, so that the first one of a user starts at once
ENV SOLION_CACHE=/solion/cache MPLBACKEND=Agg PIP_NO_CACHE_DIR=1
RUN python3 -m venv .venv && . .venv/bin/activate \
 && pip install . && solion run lto4-voltammogram \
 && rm -r runs
ENV PATH=/solion/.venv/bin:$PATH

WORKDIR /work
ENTRYPOINT ["solion"]
CMD ["--help"]
