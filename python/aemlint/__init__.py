"""aemlint: a static auditor for Adobe Experience Manager content packages.

The program is a binary beside this module; ``python -m aemlint`` runs it. :mod:`aemlint.fleet` audits many packages on
Apache Spark, Ray or Dask.
"""

from aemlint._program import find_program

__all__ = ["find_program"]
