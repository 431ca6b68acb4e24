"""Puts users straight into the database of an Open WebUI server, as copies of its first one.

Through the API each would cost a quarter of a second for the hash of a password. Takes the path
of the database as its argument and the users, a JSON list, on stdin.
"""

import json
import sqlite3
import sys

users = json.load(sys.stdin)
# The server may be writing: wait rather than fail.
with sqlite3.connect(sys.argv[1], timeout=30) as database:
    columns = [row[1] for row in database.execute('PRAGMA table_info("user")')]
    quoted = ", ".join(f'"{column}"' for column in columns)
    first = database.execute(f'SELECT {quoted} FROM "user" LIMIT 1').fetchone()
    template = dict(zip(columns, first)) | {"role": "user"}
    rows = []
    for user in users:
        row = template | {key: user[key] for key in ("id", "name", "email")}
        rows.append([row[column] for column in columns])
    marks = ", ".join("?" * len(columns))
    database.executemany(f'INSERT INTO "user" ({quoted}) VALUES ({marks})', rows)
