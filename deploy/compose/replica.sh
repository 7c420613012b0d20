#!/bin/bash
# A streaming standby of `db`: copied whole at its first start; from then on it replays what `db` writes.
set -eu
if [ ! -e "$PGDATA/standby.signal" ]; then
  # A copy that broke off is begun anew; only a whole one gets its place.
  rm -rf "$PGDATA" "$PGDATA.new"
  mkdir -p "$(dirname "$PGDATA")"
  pg_basebackup --dbname "host=db user=$POSTGRES_USER" --pgdata "$PGDATA.new" --checkpoint fast --write-recovery-conf
  chmod 700 "$PGDATA.new"
  mv "$PGDATA.new" "$PGDATA"
fi
# Reads of up to half a minute are let end before a change that stands against them is replayed.
exec postgres -c hba_file=/etc/postgresql/pg_hba.conf -c hot_standby_feedback=on -c max_standby_streaming_delay=30s
