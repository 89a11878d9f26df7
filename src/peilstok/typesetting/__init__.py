"""Setting a document as an accessible PDF, and the one typeface of all that is drawn or set.

documents.setting(template, data, pictures)    PDF/UA-1 from a Typst template and JSON values
fonts.FAMILY, fonts.folder()                   the typeface
"""
