//! The typed stubs: what they answer is what the client reads, and what they
//! match is what the client sends.

#![allow(clippy::expect_used)]

use std::error::Error;

use owui_groups::{
    GroupUpdate, GroupsClient, NewGroup, Permission, Permissions, Result, Share,
    generated::types::{GroupForm, GroupUpdateForm, ValidationProblems},
    mock,
    stubs::{MockServerExt, httpmock::MockServer},
    types::{Group, MembersPage, Membership},
};
use serde_json::{Value, json};

/// An id like those that servers give.
const ID: &str = "8f8bb3f1-4c5d-4b7e-9d3c-0d6f4c1b2a39";

fn client(server: &MockServer) -> Result<GroupsClient> {
    GroupsClient::new(&server.base_url(), "any-token")
}

/// Many methods look at the server's version first, which no operation is for.
fn stub_version(server: &MockServer) {
    server.mock(|when, then| {
        when.path("/api/version");
        then.status(200)
            .header("content-type", "application/json")
            .json_body(json!({"version": "0.12.4"}));
    });
}

fn group() -> Group {
    let json = json!({
        "id": ID,
        "user_id": "ann",
        "name": "team",
        "description": "builds things",
        "data": {"config": {"share": "members"}, "colour": "green"},
        "permissions": {"chat": {"file_upload": true}, "of a newer server": {"it": 1}},
        "member_count": 2,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_001,
    });
    serde_json::from_value(json).expect("the document describes this group")
}

#[tokio::test]
async fn a_stubbed_group_is_the_group_that_the_client_reads() -> Result<()> {
    let server = MockServer::start_async().await;
    let stub = server.get_group(|when, then| {
        when.id(ID);
        then.ok(&group());
    });

    assert_eq!(client(&server)?.get(ID).await?, group());
    stub.assert();
    Ok(())
}

#[tokio::test]
async fn a_group_of_the_mock_can_be_answered_with() -> std::result::Result<(), Box<dyn Error>> {
    let mock = mock::MockServer::start().await?;
    let made = mock.add_group(NewGroup::named("made by the mock"))?;
    let server = MockServer::start_async().await;
    server.list_groups(|when, then| {
        when.share(None);
        then.ok(&vec![made.clone()]);
    });

    assert_eq!(client(&server)?.list().await?, [made]);
    Ok(())
}

#[tokio::test]
async fn a_stubbed_422_names_the_fields() -> Result<()> {
    let problems: ValidationProblems = serde_json::from_value(json!({"detail": [
        {"type": "value_error", "loc": ["body", "data"], "msg": "Value error, no."},
    ]}))
    .expect("the document describes these problems");
    let server = MockServer::start_async().await;
    server.update_group(|when, then| {
        when.id(ID);
        then.unprocessable_entity(&problems);
    });

    let update = GroupUpdate::new("team", "");
    let error = client(&server)?.update(ID, update).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(error.problems()[0].path, "body.data");
    Ok(())
}

#[tokio::test]
async fn a_create_answers_only_the_body_that_it_is_for() -> Result<()> {
    let mut permissions = Permissions::new();
    permissions.allow(Permission::ChatFileUpload);
    let data = json!({"config": {"share": "members"}});
    let form = GroupForm {
        name: "team".to_owned(),
        description: "builds things".to_owned(),
        parent_group_id: None,
        permissions: Some(permissions.clone()),
        data: data.as_object().cloned(),
    };
    let server = MockServer::start_async().await;
    let stub = server.create_group(|when, then| {
        when.body(&form);
        then.ok(&group());
    });
    let client = client(&server)?;
    let new = || {
        NewGroup::named("team")
            .description("builds things")
            .share(Share::Members)
    };

    assert_eq!(
        client.create(new().permissions(permissions)).await?,
        group()
    );
    assert!(client.create(new()).await.is_err());
    stub.assert();
    Ok(())
}

#[tokio::test]
async fn a_body_with_a_new_parent_is_told_from_one_without() -> Result<()> {
    let form = |json: Value| -> GroupUpdateForm {
        serde_json::from_value(json).expect("the document describes this body")
    };
    let below = form(json!({"name": "team", "description": "", "parent_group_id": "above"}));
    let server = MockServer::start_async().await;
    stub_version(&server);
    let stub = server.update_group(|when, then| {
        when.id(ID).body(&below);
        then.ok(&group());
    });
    let client = client(&server)?;
    let update = || GroupUpdate::new("team", "");

    assert!(client.update(ID, update()).await.is_err());
    client.update(ID, update().parent("above")).await?;
    stub.assert();
    Ok(())
}

#[tokio::test]
async fn a_query_is_matched_in_the_documents_types() -> Result<()> {
    let page: MembersPage = serde_json::from_value(json!({
        "items": [],
        "total": 0,
        "counts": {"direct": 0, "inherited": 0, "effective": 0},
    }))
    .expect("the document describes this page");
    let server = MockServer::start_async().await;
    stub_version(&server);
    let stub = server.list_group_members(|when, then| {
        when.id(ID).membership(Membership::Inherited).query("ann");
        then.ok(&page);
    });

    let client = client(&server)?;
    let members = client.members(ID).inherited().matching("ann");
    assert_eq!(members.page(1).await?, page);
    stub.assert();
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_stubbed_with_its_status() -> Result<()> {
    let server = MockServer::start_async().await;
    stub_version(&server);
    let refusal = serde_json::from_value(json!({"detail": "Group not found."})).unwrap();
    let refused = server.delete_group(|when, then| {
        when.id(ID);
        then.client_error(404, &refusal);
    });

    let error = client(&server)?.delete(ID).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.detail(), Some("Group not found."));
    refused.assert();
    Ok(())
}

#[tokio::test]
async fn what_no_type_says_is_said_to_httpmock_itself() -> Result<()> {
    let server = MockServer::start_async().await;
    stub_version(&server);
    let detached = server.update_group(|when, then| {
        let body = json!({"name": "team", "description": "", "parent_group_id": null});
        when.id(ID).into_inner().json_body(body);
        then.ok(&group());
    });

    client(&server)?
        .update(ID, GroupUpdate::new("team", "").detach())
        .await?;
    detached.assert();
    Ok(())
}
