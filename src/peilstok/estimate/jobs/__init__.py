"""Estimation jobs: a JSON file with data, design, weighting and estimand, done (docs/formats/job.md).

results.run(path)     the object that `peilstok estimate` prints
file.schema()         the JSON Schema of the format
"""
