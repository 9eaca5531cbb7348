# oppctl alone: one static binary and the certificates of public authorities, run by a user without rights.
# Build: docker build --tag oppctl .    Run: docker run --rm --volume "$PWD:/work" oppctl plan
FROM rust:1.95-alpine AS build
# The versions are those of the base image's day.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev make ca-certificates
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY docs docs
COPY src src
# Processors of this family have pages of up to 64 KiB, and the allocator has to know.
RUN if [ "$(uname -m)" = aarch64 ]; then export JEMALLOC_SYS_WITH_LG_PAGE=16; fi; cargo build --release --locked

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /source/target/release/oppctl /oppctl
COPY LICENSE-APACHE LICENSE-MIT /licences/
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/oppctl"]
