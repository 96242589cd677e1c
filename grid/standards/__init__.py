"""Standards (立结案标准): the workbook a city works by, in and out; schemes side by side; trying the rules.

Rows of the workbook are filing conditions of GB/T 30428.8 under the classes of GB/T 30428.2. A file is checked
before anything reads it (archive), read without evaluating anything (book), cleaned and understood line by line
(wording, code, limit, unit, line), compared with what is in force (standing, preview), kept (batch), and taken in
as a dated version (version, allocation).
"""
