#!/usr/bin/env python3
"""Makes the documents beside it with the libraries that most programs write such documents with.

usage: make.py; needs python-docx, python-pptx, openpyxl, odfpy, reportlab, pypdf, cryptography, msoffcrypto-tool and xlwt from PyPI.
Everybody in them is made up.
"""

import datetime
import io
import pathlib

import docx
from msoffcrypto.format import ooxml
import openpyxl
import pptx
import pypdf
import xlwt
from odf import opendocument, table, text
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

HERE = pathlib.Path(__file__).parent
ROWS = [
    ["Name", "MRN", "DOB", "Diagnosis"],
    ["Agatha Lindqvist", 48291300, datetime.date(1962, 3, 14), "atrial fibrillation"],
    ["Rosalind Okafor", 48291377, datetime.date(1948, 11, 2), "gestational diabetes"],
]
LETTER = "Agatha Lindqvist was seen for atrial fibrillation."


def word():
    document = docx.Document()
    document.add_paragraph(LETTER)
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "MRN", "48291300"
    document.sections[0].header.paragraphs[0].text = "Cardiology & rhythm clinic"
    document.core_properties.title = "Visit of Lindqvist"
    document.save(HERE / "letter.docx")


def slides():
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = LETTER
    deck.save(HERE / "case.pptx")


def workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Census"
    for row in ROWS:
        sheet.append(row)
    book.save(HERE / "census.xlsx")
    locked = ooxml.OOXMLFile(open(HERE / "census.xlsx", "rb"))
    with open(HERE / "locked.xlsx", "wb") as out:
        locked.encrypt("a passphrase", out)
    # One cell in the last row and column: held whole, the sheet would have 17 billion.
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "MRN 48291300", "far"
    book.save(HERE / "sparse.xlsx")


def old_workbook():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Census")
    for line, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            sheet.write(line, column, str(cell))
    book.save(str(HERE / "census.xls"))


def open_documents():
    document = opendocument.OpenDocumentText()
    document.text.addElement(text.P(text=LETTER))
    document.save(str(HERE / "letter.odt"))
    document = opendocument.OpenDocumentSpreadsheet()
    sheet = table.Table(name="Census")
    for row in ROWS:
        line = table.TableRow()
        for cell in row:
            box = table.TableCell(valuetype="string")
            box.addElement(text.P(text=str(cell)))
            line.addElement(box)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(HERE / "census.ods"))


def portable():
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=letter)
    page.drawString(72, 720, LETTER)
    page.drawString(72, 700, "MRN: 48291300")
    page.showPage()
    page.drawString(72, 720, "Second page: DOB 03/14/1962")
    page.save()
    (HERE / "letter.pdf").write_bytes(out.getvalue())
    locked = pypdf.PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    locked.encrypt(user_password="a passphrase", algorithm="AES-256")
    locked.write(HERE / "locked.pdf")
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=letter)
    page.rect(72, 72, 300, 300, fill=1)
    page.save()
    (HERE / "scan.pdf").write_bytes(out.getvalue())


for make in (word, slides, workbook, old_workbook, open_documents, portable):
    make()
