"""What a frozen wave is handed on as: a folder of files that are the same bytes whenever they are made.

content.files(wave)   every file by name
fingerprints          their hashes, the fingerprint of them all, and which files are no longer those
tables                columns with a type, as CSV
parquet               the same tables in Parquet
answers               the answers that count, what the frame knows, and how each board ended, as tables
codebook              every column in words of both languages
"""
