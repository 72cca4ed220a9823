//! Every released schema opens, and ends as a fresh one begins.

use std::fs;
use std::path::Path;

use wardmail_store::{Error, Filter, SearchQuery, Store};

use crate::aids::{KEY, Mailbox, keyed_connection, message};

/// Everything that makes up a schema, as SQLite has it written down.
fn schema(path: &Path) -> Vec<(String, String, Option<String>)> {
    let conn = keyed_connection(path);
    let mut statement =
        conn.prepare("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// Every fixture with its number.
fn fixtures() -> Vec<(u32, std::path::PathBuf)> {
    let folder = Path::new("tests/fixtures");
    (1..=wardmail_store::schema::version())
        .map(|version| (version, folder.join(format!("schema-{version}.db"))))
        .collect()
}

#[test]
fn every_released_schema_opens_and_equals_a_fresh_one() {
    let fresh = Mailbox::new();
    fresh.store.close_blocking().unwrap();
    let expected = schema(&fresh.path());
    assert!(expected.len() > 30);
    for (version, fixture) in fixtures() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mailbox.db");
        fs::copy(&fixture, &path).unwrap();
        let store = Store::open(&path, &KEY).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert!(runtime.block_on(store.check_integrity()).unwrap().is_sound(), "schema {version}");
        assert_eq!(
            content(&store),
            [("Result number2", 1), ("Result number1", 1)].map(|(s, n)| (s.to_owned(), n))
        );
        store.close_blocking().unwrap();
        assert!(schema(&path) == expected, "schema {version} upgraded is not a fresh one");
    }
}

#[test]
fn every_table_and_column_is_documented() {
    let documentation = include_str!("../../src/schema.rs");
    let mailbox = Mailbox::new();
    let conn = keyed_connection(&mailbox.path());
    let sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'search_index_%'
                   AND c.name NOT IN ('id', 'one')";
    let mut statement = conn.prepare(sql).unwrap();
    let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let columns: Vec<(String, String)> = columns.collect::<rusqlite::Result<_>>().unwrap();
    assert!(columns.len() > 100, "{} columns", columns.len());
    for (table, column) in columns {
        let (_, behind) = documentation.split_once(&format!("**`{table}`**")).expect(&table);
        let paragraph = behind.split("//!\n").next().unwrap();
        assert!(paragraph.contains(&format!("`{column}`")), "{table}.{column}");
    }
}

/// Subjects and how often a word of the body is found: what each fixture must still give.
fn content(store: &Store) -> Vec<(String, usize)> {
    store
        .read_blocking(|dao| {
            let account = dao.accounts()?[0].id;
            let inbox = dao.folders(account)?[0].id;
            let query = SearchQuery::parse("amoxicillin ", &jiff::tz::TimeZone::UTC);
            let found = dao.search(&query, 10, None)?.hits.len();
            let rows = dao.list_page(inbox, Filter::All, 0, 10)?.rows;
            Ok::<_, Error>(rows.into_iter().map(|row| (row.subject, found)).collect())
        })
        .unwrap()
}

/// Writes the fixture of the present schema; run by hand when a version is released, never to change a released one.
#[test]
#[ignore = "writes tests/fixtures/schema-<version>.db"]
fn write_fixture() {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert(vec![message(1), message(2)]);
    mailbox.store_text(ids[0], "Please refill amoxicillin for the invented Mr. Ngata.");
    mailbox.write(|dao| {
        dao.set_setting("made.by", "\"the first schema\"")?;
        dao.append_audit(1, b"record", &[1; 32])
    });
    mailbox.store.close_blocking().unwrap();
    let (_, path) = fixtures().pop().unwrap();
    assert!(!path.exists(), "a released fixture is never changed");
    fs::copy(mailbox.path(), path).unwrap();
}
