"""Audits packages on Apache Spark, and writes the tables findings, facts, unread and runs.

    pip install aemlint pyspark pyarrow 'pandas<3'
    python spark_audit.py --out /audit --ledger /audit/ledger packages/*.zip

Started again after it was killed, with the same ledger, it reads no package again that was finished. See docs/fleet.md.
"""

import argparse
import os
import sys

from pyspark.sql import SparkSession

from aemlint.fleet import scan, schema, write


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="+", help="packages; with --deployment, those of one deployment")
    arguments.add_argument("--out", required=True, help="where the tables go")
    arguments.add_argument("--ledger", help="where finished packages are noted")
    arguments.add_argument("--deployment", help="judge all packages together, under this name")
    arguments.add_argument("--run-date", help="the date of the tables; today by default")
    arguments.add_argument("--program", help="the program; that of the wheel by default")
    arguments.add_argument("--timeout", type=float, default=600, help="seconds that one package may take")
    arguments.add_argument("--option", action="append", default=[], help="an option of `aemlint check`, as --option=--target=cloud")
    given = arguments.parse_args()

    # Without these, executors take another Python than the one that this runs in.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("aemlint").getOrCreate()
    if given.deployment:
        # One row a deployment: it is judged where the row is.
        units = spark.createDataFrame([(given.deployment, given.paths)], "deployment STRING, paths ARRAY<STRING>")
    else:
        units = spark.createDataFrame([(path,) for path in given.paths], "path STRING")
        # Small partitions, so that a large package holds up few others.
        units = units.repartition(max(spark.sparkContext.defaultParallelism, len(given.paths) // 16))
    function = scan(given.option, given.program, ledger=given.ledger, timeout=given.timeout)
    write(units.mapInArrow(function, schema), given.out, given.run_date)
    spark.stop()


if __name__ == "__main__":
    main()
