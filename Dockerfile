# The server as it runs in a studio: sources and packages, no build, no shell tools needed, nothing written but /data.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# No package of ours has anything to compile or to run at installation.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:${NODE_VERSION}-slim
WORKDIR /app
# Young objects get 8 MB instead of 16: 20 MB less in use, and clicks are no slower.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATABASE_URL=file:/data/understudy.db \
    ACTIONS_DIR=/app/actions \
    NODE_COMPILE_CACHE=/app/.compiled \
    NODE_OPTIONS=--max-semi-space-size=8
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
COPY actions ./actions
RUN mkdir --mode=0700 /data .compiled && chown node:node /data .compiled
USER node
# Without a configuration it loads everything and ends: what that compiled makes each start quicker and 30 MB smaller.
RUN node src/main.ts 2>/dev/null || true
VOLUME /data
EXPOSE 8080
# Alive, not ready: a site or provider that is down must not get this server restarted.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
