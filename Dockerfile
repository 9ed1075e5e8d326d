# Solion in a container: docker build -t solion . && docker run --rm -v "$PWD:/work" solion run lto4-voltammogram
FROM python:3.11-slim

COPY . /solion
WORKDIR /solion

# The first line of the README, where the container is the environment, then its second line, whose run fills the cache
ENV VIRTUAL_ENV=/opt/solion PATH=/opt/solion/bin:$PATH SOLION_CACHE=/opt/solion/cache MPLBACKEND=Agg PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/solion && . /opt/solion/bin/activate
RUN pip install . && solion run lto4-voltammogram
RUN rm -r runs

WORKDIR /work
ENTRYPOINT ["solion"]
CMD ["--help"]
