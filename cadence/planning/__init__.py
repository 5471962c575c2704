"""Sequence and record in, activities and their whys out; activities and entries in, changes out. Pure."""
