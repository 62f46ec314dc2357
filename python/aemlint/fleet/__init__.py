"""Audits many packages: collect once, judge as often as wanted; on Apache Spark, Ray, Dask or one machine.

    from aemlint.fleet import collect, collected_schema, judge, schema, write

    units = spark.createDataFrame([("site", ["/packages/a.zip", "/packages/b.zip"])], "deployment STRING, paths ARRAY<STRING>")
    write(units.mapInArrow(collect("/audit/bundles"), collected_schema), "/audit")  # each package is read once
    write(units.mapInArrow(judge("/audit/bundles"), schema), "/audit")              # findings, facts, unread and runs

:func:`scan` does both for each row. Importing this imports neither pandas nor pyspark nor pyarrow. ``docs/fleet.md`` describes
columns and statuses.
"""

from aemlint.fleet._functions import collect, judge, scan
from aemlint.fleet._schema import arrow_schema, collected_schema, schema
from aemlint.fleet._write import tables, write

__all__ = ["arrow_schema", "collect", "collected_schema", "judge", "scan", "schema", "tables", "write"]
