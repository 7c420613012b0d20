# The compiler is a native binary that npm holds for an optional package of `typescript`: this stage installs everything.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY migrations ./migrations
COPY src ./src
RUN npm run build

# What runs: no development packages, and no embedded PostgreSQL (optional), since the image is given a DATABASE_URL.
# None of these packages has an install script, so none is allowed to run.
FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts
# What it was built from, as CycloneDX, with what only the building needed marked: scanners look for it here.
RUN npm sbom --package-lock-only --sbom-format=cyclonedx > sbom.cdx.json

FROM node:20-bookworm-slim
WORKDIR /app
# Inside a container the loopback address would be reachable by nobody.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=packages /app/sbom.cdx.json ./
COPY package.json LICENSE ./
COPY openapi ./openapi
COPY samples ./samples
# The files above belong to root: the service can read its own program but not change it.
USER node
EXPOSE 3000
# The slim image has no curl. Alive is all that is asked: a service whose database is away must not be killed for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js", "serve"]
