"""ClickHouse (chdb) and DuckDB beside each other: commands as JSON lines in, answers as JSON lines out.

Each answer carries the milliseconds that the engine itself took, measured around the query alone.
"""
import glob, gzip, json, os, sys, time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def to_parquet(store, target):
    """Column blocks of a store as one Parquet file: what both engines load."""
    with open(os.path.join(store, "store.json"), encoding="utf-8") as file:
        blocks = json.load(file)["blocks"]
    writer = None
    first = 0
    for block in blocks:
        with gzip.open(os.path.join(store, "files", block["file"])) as stream:
            table = pa.ipc.open_stream(stream.read()).read_all()
        start = int(table.schema.metadata[b"waymark.start"])
        # Blocks of version 1 have times since their start instead of those since the row before.
        is_old = table.schema.metadata[b"waymark.version"] == b"1"
        offset = table["offset"] if is_old else pc.cumulative_sum(table["gap"].cast(pa.int64()))
        at = pc.add(offset.cast(pa.int64()), start)
        texts = ["eventType", "device", "country", "page.path"]
        columns = {
            # The place in the order of time and event id, which events of one instant need.
            "seq": pa.array(range(first, first + len(at)), pa.uint32()),
            "ts": at,
            "uid": table["user"],
            "sid": table["session"],
            "duration": table["durationSec"],
            **{name.replace("page.", ""): table[name].cast(pa.string()) for name in texts},
        }
        out = pa.table(columns)
        writer = writer or pq.ParquetWriter(target, out.schema, compression="zstd")
        writer.write_table(out)
        first += len(at)
    writer.close()


class ClickHouse:
    """Two MergeTree tables of the same rows, in the two sort orders."""

    def __init__(self, folder):
        from chdb import session

        self.session = session.Session(folder)
        self.session.query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic")

    def load(self, parquet):
        for table, order in (("by_type", "eventType, ts, seq"), ("by_user", "uid, ts, seq")):
            self.session.query(f"DROP TABLE IF EXISTS bench.{table}")
            self.session.query(
                f"""CREATE TABLE bench.{table} (
                    seq UInt32, ts Int64, uid UInt32, sid Nullable(UInt32), duration Nullable(Float64),
                    eventType LowCardinality(String), device LowCardinality(String),
                    country LowCardinality(String), path LowCardinality(String)
                ) ENGINE = MergeTree ORDER BY ({order})"""
            )
            self.session.query(
                f"INSERT INTO bench.{table} SELECT seq, ts, uid, sid, duration, eventType, device, country, path"
                f" FROM file('{parquet}', Parquet)"
            )
            self.session.query(f"OPTIMIZE TABLE bench.{table} FINAL")

    def ask(self, sql, threads):
        before = time.perf_counter()
        text = str(self.session.query(f"{sql} SETTINGS max_threads = {threads}", "JSONCompact"))
        ms = (time.perf_counter() - before) * 1000
        return ms, json.loads(text)["data"]

    def version(self):
        return json.loads(str(self.session.query("SELECT version()", "JSONCompact")))["data"][0][0]


class DuckDb:
    def __init__(self, folder):
        import duckdb

        self.module = duckdb
        self.connection = duckdb.connect(os.path.join(folder, "bench.duckdb"))

    def load(self, parquet):
        self.connection.execute("DROP TABLE IF EXISTS events")
        self.connection.execute(f"CREATE TABLE events AS SELECT * FROM read_parquet('{parquet}') ORDER BY uid, ts, seq")

    def ask(self, sql, threads):
        self.connection.execute(f"SET threads = {threads}")
        before = time.perf_counter()
        rows = self.connection.execute(sql).fetchall()
        ms = (time.perf_counter() - before) * 1000
        return ms, [list(row) for row in rows]

    def version(self):
        return self.module.__version__


ENGINES = {"clickhouse": ClickHouse, "duckdb": DuckDb}


def main():
    opened = {}
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["do"] == "parquet":
                os.makedirs(os.path.dirname(command["target"]), exist_ok=True)
                to_parquet(command["store"], command["target"])
                answer = {}
            elif command["do"] == "open":
                os.makedirs(command["folder"], exist_ok=True)
                engine = opened[command["engine"]] = ENGINES[command["engine"]](command["folder"])
                if command["parquet"] is not None:
                    engine.load(command["parquet"])
                answer = {"version": engine.version()}
            else:
                ms, rows = opened[command["engine"]].ask(command["sql"], command["threads"])
                answer = {"ms": ms, "rows": rows}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
