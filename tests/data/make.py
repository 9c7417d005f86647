"""Writes credentials.fods and names.fods, spreadsheets for LibreOffice to save as CSV."""

from xml.sax.saxutils import escape

# With an empty column and an empty row.
CREDENTIALS = [
    ("User Name", "Domain", "", "Password"),
    ("sipauthtest", "", "", "password"),
    ("bob", "somewhere.com", "", "password"),
    ("", "", "", ""),
    ("carol", "", "", "Schlüssel"),
    ("dave", "", "", 'one, two "three"'),
    ("erin", "", "", " leading"),
    ("frank", "", "", "two\nlines"),
    ("0042", "", "", "007"),
    ("grace", "", "", "semi;colon"),
]
NAMES = [
    ("Username", "Password"),
    ("bob", "password"),
    ("jürgen", "password"),
]


def cell(text):
    lines = "".join(f"<text:p>{line(part)}</text:p>" for part in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def line(text):
    # A space at the start of a paragraph would be dropped.
    return "<text:s/>" + escape(text[1:]) if text.startswith(" ") else escape(text)


def write(name, rows):
    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    urn = "urn:oasis:names:tc:opendocument:xmlns:"
    with open(f"{name}.fods", "w", encoding="utf-8") as file:
        file.write(
            f'<?xml version="1.0" encoding="UTF-8"?><office:document '
            f'xmlns:office="{urn}office:1.0" xmlns:table="{urn}table:1.0" '
            f'xmlns:text="{urn}text:1.0" office:version="1.2" '
            'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body>'
            f'<office:spreadsheet><table:table table:name="Sheet">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document>\n"
        )


write("credentials", CREDENTIALS)
write("names", NAMES)
