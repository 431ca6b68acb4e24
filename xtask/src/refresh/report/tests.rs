use expect_test::{Expect, expect};

use super::*;
use crate::{
    document::note::Note,
    refresh::{
        candidate::problem::{Problem, problems},
        change::{Change, Impact},
    },
};

fn unchanged() -> Report {
    Report {
        server_version: "0.13.0".to_owned(),
        sha256: "6ccefc30".to_owned(),
        is_same_upstream: true,
        difference: Vec::new(),
        hidden_difference: Vec::new(),
        changes: Vec::new(),
        rejection: None,
        old_rejection: None,
        unmatched: Vec::new(),
        notes: Vec::new(),
        problems: Vec::new(),
    }
}

fn change(impact: Impact, old: Option<&str>, new: Option<&str>) -> Change {
    Change {
        impact,
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
        reason: None,
    }
}

/// One of everything that a refresh which succeeds can report.
fn changed() -> Report {
    let required = Change {
        reason: Some("callers have to set it"),
        ..change(Impact::Breaking, None, Some("GroupForm.slug: String"))
    };
    Report {
        is_same_upstream: false,
        difference: [
            "@@ components > schemas @@",
            "-  \"a\": 1",
            "+  \"a\": \"```\"",
        ]
        .map(str::to_owned)
        .to_vec(),
        changes: vec![
            change(Impact::Breaking, Some("Group.meta: String"), None),
            change(
                Impact::Breaking,
                Some("Group.at: i64"),
                Some("Group.at: String"),
            ),
            required,
            change(
                Impact::Additive,
                None,
                Some("get_group: optional query parameter `all`: bool"),
            ),
        ],
        unmatched: vec!["actions[3] $.paths['/x']".to_owned()],
        notes: vec![Note {
            pointer: "/components/schemas/Group".to_owned(),
            text: "any value".to_owned(),
        }],
        ..unchanged()
    }
}

fn one_problem() -> Vec<Problem> {
    let span = serde_json::json!({"file_name": "src/groups/read.rs", "line_start": 40,
        "is_primary": true, "text": [], "expansion": null});
    let message = serde_json::json!({"level": "error", "message": "no method named `preview`",
        "spans": [span]});
    problems(&serde_json::json!({"message": message}).to_string())
}

#[track_caller]
fn check(report: &Report, text: Expect, markdown: Expect) {
    text.assert_eq(&print(report, Format::Text));
    markdown.assert_eq(&print(report, Format::Markdown));
}

#[test]
fn an_unchanged_document_is_reported_in_a_line() {
    check(
        &unchanged(),
        expect![[r#"
        Open WebUI 0.13.0, sha256 6ccefc30
        no changes: the document is the checked-in one
    "#]],
        expect![[r#"
        # Open WebUI 0.13.0: no changes

        SHA-256 of the published document: `6ccefc30`

        No changes: the document is the checked-in one.
    "#]],
    );
}

#[test]
fn breaking_changes_come_first_and_the_difference_last() {
    check(
        &changed(),
        expect![[r#"
        Open WebUI 0.13.0, sha256 6ccefc30
        breaking  - Group.meta: String
        breaking  - Group.at: i64
                  + Group.at: String
        breaking  + GroupForm.slug: String (callers have to set it)
        additive  + get_group: optional query parameter `all`: bool
        3 breaking, 1 additive
        overlay.json: nothing matches actions[3] $.paths['/x']
        widened: #/components/schemas/Group: any value

        groups.json:
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"

    "#]],
        expect![[r##"
        # Open WebUI 0.13.0: 3 breaking, 1 additive

        SHA-256 of the published document: `6ccefc30`

        ## Breaking changes

        ```diff
        - Group.meta: String
        - Group.at: i64
        + Group.at: String
        + GroupForm.slug: String
        !   callers have to set it
        ```

        ## Additive changes

        ```diff
        + get_group: optional query parameter `all`: bool
        ```

        ## Less exact than the published document

        ```text
        #/components/schemas/Group: any value
        ```

        ## Entries of overlay.json that match nothing

        ```text
        actions[3] $.paths['/x']
        ```

        <details>
        <summary>Difference of groups.json</summary>

        ````diff
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"
        ````

        </details>
    "##]],
    );
}

#[test]
fn a_change_that_only_the_overlay_sees_is_reported() {
    let report = Report {
        is_same_upstream: false,
        hidden_difference: vec!["@@ paths @@".to_owned(), "+  \"/a\": {}".to_owned()],
        ..unchanged()
    };
    check(
        &report,
        expect![[r#"
            Open WebUI 0.13.0, sha256 6ccefc30
            the published document changed only where overlay.json decides, or in what groups.json cannot express

            upstream.json:
            @@ paths @@
            +  "/a": {}

        "#]],
        expect![[r##"
            # Open WebUI 0.13.0: no changes of the API

            SHA-256 of the published document: `6ccefc30`

            The published document changed only where overlay.json decides, or in what groups.json cannot express.

            <details>
            <summary>Difference of upstream.json</summary>

            ```diff
            @@ paths @@
            +  "/a": {}
            ```

            </details>
        "##]],
    );
}

#[test]
fn a_change_of_documentation_is_no_change_of_the_api() {
    let report = Report {
        changes: Vec::new(),
        unmatched: Vec::new(),
        notes: Vec::new(),
        ..changed()
    };
    check(
        &report,
        expect![[r#"
        Open WebUI 0.13.0, sha256 6ccefc30
        the generated code is the same, apart from documentation

        groups.json:
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"

    "#]],
        expect![[r##"
        # Open WebUI 0.13.0: no changes of the API

        SHA-256 of the published document: `6ccefc30`

        The generated code is the same, apart from documentation.

        <details>
        <summary>Difference of groups.json</summary>

        ````diff
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"
        ````

        </details>
    "##]],
    );
}

#[test]
fn what_cannot_be_generated_is_reported_with_the_operations() {
    let added = "audit: GET /api/v1/groups/id/{id}/audit";
    let report = Report {
        changes: vec![change(Impact::Additive, None, Some(added))],
        rejection: Some("the generator rejects groups.json: `audit` has no `x-retry`".to_owned()),
        unmatched: Vec::new(),
        notes: Vec::new(),
        ..changed()
    };
    check(
        &report,
        expect![[r#"
            Open WebUI 0.13.0, sha256 6ccefc30
            additive  + audit: GET /api/v1/groups/id/{id}/audit
            0 breaking, 1 additive among the operations; the types are not known

            groups.json:
            @@ components > schemas @@
            -  "a": 1
            +  "a": "```"

            the generator rejects groups.json: `audit` has no `x-retry`
        "#]],
        expect![[r##"
        # Open WebUI 0.13.0: cannot be generated

        SHA-256 of the published document: `6ccefc30`

        ## Cannot be generated

        ```text
        the generator rejects groups.json: `audit` has no `x-retry`
        ```

        ## Additive changes

        ```diff
        + audit: GET /api/v1/groups/id/{id}/audit
        ```

        <details>
        <summary>Difference of groups.json</summary>

        ````diff
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"
        ````

        </details>
    "##]],
    );
}

#[test]
fn files_that_do_not_compile_are_listed() {
    let report = Report {
        problems: one_problem(),
        unmatched: Vec::new(),
        notes: Vec::new(),
        ..changed()
    };
    check(
        &report,
        expect![[r#"
        Open WebUI 0.13.0, sha256 6ccefc30
        breaking  - Group.meta: String
        breaking  - Group.at: i64
                  + Group.at: String
        breaking  + GroupForm.slug: String (callers have to set it)
        additive  + get_group: optional query parameter `all`: bool
        3 breaking, 1 additive

        groups.json:
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"

        does not compile with the new documents:
          src/groups/read.rs:40: no method named `preview`
    "#]],
        expect![[r##"
        # Open WebUI 0.13.0: 3 breaking, 1 additive

        SHA-256 of the published document: `6ccefc30`

        ## Does not compile

        ```text
        src/groups/read.rs:40: no method named `preview`
        ```

        ## Breaking changes

        ```diff
        - Group.meta: String
        - Group.at: i64
        + Group.at: String
        + GroupForm.slug: String
        !   callers have to set it
        ```

        ## Additive changes

        ```diff
        + get_group: optional query parameter `all`: bool
        ```

        <details>
        <summary>Difference of groups.json</summary>

        ````diff
        @@ components > schemas @@
        -  "a": 1
        +  "a": "```"
        ````

        </details>
    "##]],
    );
}

#[test]
fn a_terminal_gets_the_beginning_of_a_long_difference() {
    let report = Report {
        difference: (0..100).map(|number| format!("+ {number}")).collect(),
        ..changed()
    };
    let text = print(&report, Format::Text);
    assert!(text.contains("+ 59\n… 40 more lines; `--format markdown` has all\n"));
    assert!(print(&report, Format::Markdown).contains("+ 99\n```"));
}
