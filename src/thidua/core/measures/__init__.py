"""Measures: what a share counts, as data of the plan; the plain-Python evaluation that engines are held against."""
