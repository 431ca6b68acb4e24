//! `examples/provision.rs`: groups and members from a table, and the number of requests.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use owui_groups::Operation;
use owui_groups_mock::{EmulatedVersion, MockServer, NewUser};

use crate::example;

/// The output of the program and its exit status.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
    requests: usize,
}

fn provision(mock: &MockServer, file: &Path) -> Run {
    mock.clear_requests();
    let output = Command::new(example::path("provision").unwrap())
        .arg(file)
        .env("OPENWEBUI_URL", mock.url())
        .env("OPENWEBUI_TOKEN", mock.admin_token())
        .output()
        .unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        requests: mock.requests().len(),
    }
}

/// A file with this content, which the next run of the test overwrites.
fn file(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_second_run_of_2000_rows_only_reads() {
    const GROUPS: usize = 40;
    const USERS: usize = 50;
    let mock = MockServer::start().unwrap();
    let mut table = "group,parent,user_id\n".to_owned();
    for user in 0..USERS {
        let user = mock.add_user(NewUser::new(format!("Ann {user}"))).unwrap();
        // The parent of each group is the next one in the table.
        for group in 0..GROUPS {
            let parent = group + 1;
            let parent = (parent < GROUPS).then(|| format!("group {parent}"));
            let parent = parent.unwrap_or_default();
            writeln!(table, "group {group},{parent},{}", user.id()).unwrap();
        }
    }
    let file = file("provision-2000.csv", &table);

    let first = provision(&mock, &file);
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let lines = |end: &str| first.out.lines().filter(|line| line.contains(end)).count();
    assert_eq!(
        (lines(": created"), lines(": added ")),
        (GROUPS, GROUPS * USERS)
    );
    // The list and the version, then a create and the requests to read, add and verify members of
    // each group.
    assert_eq!(first.requests, 2 + GROUPS * (1 + 3));
    let groups = mock.groups();
    let below = groups
        .iter()
        .filter(|group| group.parent_group_id.is_some());
    assert_eq!((groups.len(), below.count()), (GROUPS, GROUPS - 1));
    for group in groups {
        assert_eq!(mock.member_ids(&group.id).len(), USERS);
    }

    let second = provision(&mock, &file);
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    assert_eq!(second.out, "");
    // The list, and the members of each group.
    assert_eq!(second.requests, 1 + GROUPS);
    let writes = mock
        .requests()
        .into_iter()
        .filter_map(|request| request.operation);
    assert_eq!(writes.filter(|operation| !operation.is_safe()).count(), 0);
}

#[test]
fn unknown_users_are_reported_and_the_others_are_added() {
    for version in EmulatedVersion::ALL {
        let mock = MockServer::builder().emulate(*version).start().unwrap();
        let ann = mock.add_user(NewUser::new("Ann").id("ann")).unwrap();
        let table = "\u{feff}group, parent, user_id\r\na,,nobody\r\na,, ann\r\nb,,ann\r\n";
        let ran = provision(
            &mock,
            &file(&format!("provision-unknown-{version}.csv"), table),
        );
        assert_eq!(ran.code, Some(1));
        assert_eq!(
            ran.out,
            "a: created\nb: created\na: added ann\nb: added ann\n"
        );
        assert_eq!(
            ran.err,
            "a: nobody is unknown to the server\nprovision: not all users were added\n"
        );
        for group in mock.groups() {
            assert_eq!(mock.member_ids(&group.id), [ann.id()]);
        }
    }
}

#[test]
fn a_server_without_parents_fails_before_anything_is_created() {
    let mock = MockServer::builder().emulate(EmulatedVersion::V0_11_4);
    let mock = mock.start().unwrap();
    let table = "group,parent,user_id\ncompany,,\nengineering,company,\n";
    let ran = provision(&mock, &file("provision-without-parents.csv", table));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert_eq!(
        ran.err,
        "provision: create_group: the server does not support groups with a parent (requires \
         Open WebUI 0.12.0 or later; the server is 0.11.4)\n"
    );
    assert!(mock.groups().is_empty());
    assert!(mock.requests_of(Operation::CreateGroup).is_empty());
}

#[test]
fn a_table_that_cannot_be_applied_changes_nothing() {
    let mock = MockServer::start().unwrap();
    for (name, table, problem) in [
        (
            "column",
            "group,parent,user\na,,u\n",
            "the columns are not group,parent,user_id",
        ),
        ("columns", "group,user_id\na,u\n", "the columns are not"),
        ("empty", "", "the columns are not"),
        (
            "nameless",
            "group,parent,user_id\na,,\n,,u\n",
            "row 2 below the heading has no group",
        ),
        (
            "parents",
            "group,parent,user_id\na,,\nb,,\na,b,\n",
            "groups 1 and 3 have the same name `a` but different settings; make them equal, or remove \
             one",
        ),
        (
            "parent",
            "group,parent,user_id\na,company,\n",
            "no group has the parent's name `company`",
        ),
    ] {
        let file = file(&format!("provision-bad-{name}.csv"), table);
        let ran = provision(&mock, &file);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        assert!(ran.err.contains(problem), "{}", ran.err);
    }
    let missing = provision(&mock, Path::new("no-such-file.csv"));
    assert!(
        missing.err.starts_with("provision: no-such-file.csv: "),
        "{}",
        missing.err
    );
    assert!(mock.groups().is_empty());
}
