"""Tables for other programs: LaTeX, Typst, Word, Excel and CSV, with every text inert."""
