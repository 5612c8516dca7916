# An image with Breakwater as its entrypoint, for CI systems without Node:
#   docker build -t breakwater .
#   docker run --rm -v "$PWD:/work" -e HARBOR_PASSWORD breakwater plan
# For several platforms: docker buildx build --platform linux/amd64,linux/arm64 …
ARG NODE=docker.io/library/node:22.12.0-bookworm-slim

# The package does not depend on the platform: it is built once, on the build platform.
FROM --platform=$BUILDPLATFORM ${NODE} AS build
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts && npm pack --silent --pack-destination /tmp \
  && mkdir /opt/breakwater && tar -xzf /tmp/breakwater-*.tgz -C /opt/breakwater --strip-components=1
WORKDIR /opt/breakwater
# The versions of the lockfile, without development dependencies.
RUN cp /src/package-lock.json /src/.npmrc . && npm ci --omit=dev --ignore-scripts && rm .npmrc package-lock.json \
  && chmod 0755 dist/src/cli/main.js

FROM ${NODE}
# git: plan --base-ref reads the policies of a revision.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/* \
  && git config --system --add safe.directory /work
COPY --from=build /opt/breakwater /opt/breakwater
RUN ln -s /opt/breakwater/dist/src/cli/main.js /usr/local/bin/breakwater
ENV HOME=/tmp
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["breakwater"]
CMD ["--help"]
