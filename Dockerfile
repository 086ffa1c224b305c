# The image of Farthing. Without anything else:
#
#   docker build -t farthing .
#   docker run -p 127.0.0.1:8080:8080 -v farthing:/data farthing
#
# What follows the image's name is a command of the CLI: start (when nothing follows), worker, seed, ...
# scripts/image.ts says what is in it.

# Pinned to a line of releases, not to a digest. What runs later is not its Node but the one of package-lock.json.
ARG BUILD_IMAGE=node:26-trixie-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
# The packages first: they are fetched again only when the lockfile has changed.
COPY package.json package-lock.json .npmrc ./
COPY sdk/package.json sdk/
COPY dashboard/package.json dashboard/
RUN ["npm", "ci", "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY deploy/healthcheck.js deploy/
COPY sdk/src sdk/src
COPY dashboard dashboard
COPY src src
RUN ["node", "scripts/run.js", "scripts/image.ts", "/image"]

FROM scratch
LABEL org.opencontainers.image.title="Farthing" \
      org.opencontainers.image.description="A whole payment network in one process" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /image/root/ /
COPY --from=build --chown=65532:65532 /image/owned/ /
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    ALLOW_ANONYMOUS=true \
    DATABASE_URL=sqlite:/data/farthing.db
WORKDIR /app
USER 65532:65532
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/node", "/app/healthcheck.js"]
ENTRYPOINT ["/usr/local/bin/farthing"]
CMD ["start"]
