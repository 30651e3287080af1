"""An executed notebook as a document: its pieces, what they refer to, and how each format has it.

``pieces`` takes the notebook apart and numbers what is published; ``tree`` reads the prose with
pandoc; ``references`` resolves names, equations and citations; ``assembled`` holds the whole.
"""
