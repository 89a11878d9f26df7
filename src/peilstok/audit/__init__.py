"""The append-only, hash-chained trail that every write adds to.

trail.record(act=..., actor=..., subject=..., moment=..., details=...)   within the transaction of the write
trail.verify()   the first entry that is not as it was written, or None
"""
