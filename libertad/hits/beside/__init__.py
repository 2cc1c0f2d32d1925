"""Beside ours: Splink, which trains our model and checks what it finds. Never what a node runs on.

`columns` says each record in columns that plain SQL compares, `settings` our model as Splink's settings over
them, `splinked` runs Splink on DuckDB or on Spark, `learning` reads back what it learnt, `agreeing` tells how
far both agree, `checking` is the whole of a cross-check. Only `splinked` imports Splink, and only when it is
called. No database, no Django.
"""
