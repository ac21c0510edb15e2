# syntax=docker/dockerfile:1

FROM node:22-bookworm-slim AS build
WORKDIR /app
# better-sqlite3 is compiled where no prebuilt file can be fetched.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
# Never the CUDA files of onnxruntime-node: 1 GB that this image cannot use.
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund \
 # The inference libraries of other systems and processors: 240 MB.
 && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 -type d ! -name linux -exec rm -rf {} + \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d ! -name "$(node -p process.arch)" -exec rm -rf {} +


FROM node:22-bookworm-slim
# The embedded recogniser. (Ubuntu and other Debian releases know it by the same names.)
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpocketsphinx3 pocketsphinx-en-us \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# Reachable from outside the container, so clients must show a token: TROUPE_TOKEN, or one that is generated, kept
# in /data/token and printed at the first start.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 TROUPE_DATA_DIR=/data
# The pages; and the doors of Ollama and LM Studio, where they are opened.
EXPOSE 8000 11434 1234
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "bin/health.mjs"]
CMD ["node", "--import", "tsx", "backend/main.ts"]
