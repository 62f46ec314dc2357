"""Audits many packages: one row and one child process for each deployment, on Apache Spark, Ray, Dask or one machine.

    from aemlint.fleet import scan, schema, write

    rows = spark.createDataFrame([("/packages/a.zip",)], "path STRING").mapInArrow(scan(), schema)
    write(rows, "/audit")            # /audit/findings, facts, unread, runs; Parquet, partitioned by run_date

Importing this imports neither pandas nor pyspark nor pyarrow. ``docs/fleet.md`` describes columns and statuses.
"""

from aemlint.fleet._ledger import LedgerEntry, read_ledger
from aemlint.fleet._scan import scan
from aemlint.fleet._schema import SCHEMA_DDL, arrow_schema, schema
from aemlint.fleet._write import tables, write

__all__ = ["LedgerEntry", "SCHEMA_DDL", "arrow_schema", "read_ledger", "scan", "schema", "tables", "write"]
