"""Audits packages on Apache Spark: a first job collects them, a second one judges what was collected by deployment.

    pip install aemlint pyspark pyarrow 'pandas<3'
    python spark_audit.py --out /audit packages/*.zip
    python spark_audit.py --out /audit --deployments map.csv         # with the columns deployment and path

Bundles lie in OUT/bundles. Started again after it was killed, it reads no package again that was collected. See docs/fleet.md.
"""

import argparse
import csv
import os
import sys
from typing import Dict, List

from pyspark.sql import SparkSession

from aemlint.fleet import collect, collected_schema, judge, schema, write


def deployments(path: str) -> Dict[str, List[str]]:
    """The packages of each deployment, of a table with the columns ``deployment`` and ``path``."""
    found: Dict[str, List[str]] = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["deployment"], []).append(row["path"])
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="*", help="packages, each a deployment of its own")
    arguments.add_argument("--deployments", help="a CSV file that says which packages are one deployment")
    arguments.add_argument("--out", required=True, help="where bundles and tables go: seen by all machines")
    arguments.add_argument("--run-date", help="the date of the tables; today by default")
    arguments.add_argument("--program", help="the program; that of the wheel by default")
    arguments.add_argument("--timeout", type=float, default=600, help="seconds that one package may take")
    arguments.add_argument("--option", action="append", default=[], help="an option of `aemlint check`, as --option=--target=cloud")
    given = arguments.parse_args()

    # Without these, executors take another Python than the one that this runs in.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("aemlint").getOrCreate()
    bundles = os.path.join(given.out, "bundles")
    together = [*((path, [path]) for path in given.paths), *deployments(given.deployments or os.devnull).items()]
    paths = sorted({path for _, paths in together for path in paths})

    # Small partitions, so that a large package holds up few others.
    parts = max(spark.sparkContext.defaultParallelism, len(paths) // 16)
    packages = spark.createDataFrame([(path,) for path in paths], "path STRING").repartition(parts)
    collecting = collect(bundles, given.option, given.program, timeout=given.timeout)
    write(packages.mapInArrow(collecting, collected_schema), given.out, given.run_date)

    # One row a deployment: it is judged where the row is.
    units = spark.createDataFrame(together, "deployment STRING, paths ARRAY<STRING>").repartition(parts)
    judging = judge(bundles, given.option, given.program, timeout=given.timeout)
    write(units.mapInArrow(judging, schema), given.out, given.run_date)
    spark.stop()


if __name__ == "__main__":
    main()
