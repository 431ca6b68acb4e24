//! A server behind a proxy that hides its version.

use owui_groups::{ErrorKind, GroupsClient, Operation};
use tokio::{
    io::{self, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    harness::tests,
    outcome::{Outcome, fails, some, sorted},
    server::Live,
};

tests![
    the_version_of_a_server_that_hides_it_is_an_error,
    groups_are_put_below_others_without_the_version,
    data_is_edited_without_the_version,
    members_are_changed_and_listed_without_the_version,
    groups_are_deleted_without_the_version,
    an_operation_that_the_server_lacks_is_unsupported_without_the_version,
];

/// A client of the server, behind a proxy that responds to requests for the version with 403.
async fn hidden(live: &Live) -> Outcome<GroupsClient> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = live.url().trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = server.clone();
            tokio::spawn(async move { forward(client, &server).await });
        }
    });
    Ok(GroupsClient::new(&url, live.token())?)
}

/// Forwards one request and closes the connection.
async fn forward(mut client: TcpStream, server: &str) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    if head.starts_with(b"GET /api/version ") {
        let denied = b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        return client.write_all(denied).await;
    }
    head.truncate(head.len() - 2);
    head.extend(b"connection: close\r\n\r\n");
    let mut server = TcpStream::connect(server).await?;
    server.write_all(&head).await?;
    io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn the_version_of_a_server_that_hides_it_is_an_error(live: Live) -> Outcome {
    let client = hidden(&live).await?;
    fails(ErrorKind::PermissionDenied, client.server_version().await)?;
    Ok(())
}

async fn groups_are_put_below_others_without_the_version(live: Live) -> Outcome {
    let client = hidden(&live).await?;
    let company = live.group("company").await?;
    let create = client.create(live.new_group("child").parent(&company.id));
    if live.has_hierarchy() {
        let child = create.await?;
        assert_eq!(child.parent_group_id.as_ref(), Some(&company.id));
        let top = client.edit(&child.id, |group| _ = group.detach()).await?;
        assert_eq!(top.parent_group_id, None);
    } else {
        let error = fails(ErrorKind::UnsupportedVersion, create.await)?;
        assert_eq!(error.server_version(), None);
        let groups = live.client().list().await?;
        let name = live.name("child");
        assert!(groups.iter().all(|group| group.name != name));
    }
    Ok(())
}

async fn data_is_edited_without_the_version(live: Live) -> Outcome {
    let client = hidden(&live).await?;
    let group = live.group("data").await?;
    for key in ["one", "two"] {
        let edit = client.edit(&group.id, |group| {
            _ = group.data().insert(key.into(), 1.into())
        });
        edit.await?;
    }
    let data = some(live.client().get(&group.id).await?.data)?;
    assert!(
        data.contains_key("one") && data.contains_key("two"),
        "{data:?}"
    );
    Ok(())
}

async fn members_are_changed_and_listed_without_the_version(live: Live) -> Outcome {
    let client = hidden(&live).await?;
    let group = live.group("members").await?;
    let [ann, ben] = live.people().await?;
    let change = client.add_members(&group.id, [&ann.id, "nobody"]).await?;
    assert_eq!(
        (change.added, change.unknown.len()),
        (vec![ann.id.clone()], 1)
    );
    let change = client.set_members(&group.id, [&ben.id]).await?;
    assert_eq!(change.removed, [ann.id.as_str()]);
    let ids = |users: Vec<owui_groups::types::User>| sorted(users.into_iter().map(|user| user.id));
    assert_eq!(ids(client.users(&group.id).await?), [ben.id.as_str()]);
    let members = client.members(&group.id).await?;
    assert_eq!(
        sorted(members.into_iter().map(|member| member.id)),
        [ben.id.as_str()]
    );
    Ok(())
}

async fn groups_are_deleted_without_the_version(live: Live) -> Outcome {
    let client = hidden(&live).await?;
    let group = live.group("deleted").await?;
    client.delete(&group.id).await?;
    fails(ErrorKind::NotFound, client.delete(&group.id).await)?;
    fails(ErrorKind::NotFound, client.users(&group.id).await)?;
    fails(ErrorKind::NotFound, client.members(&group.id).await)?;
    Ok(())
}

async fn an_operation_that_the_server_lacks_is_unsupported_without_the_version(
    live: Live,
) -> Outcome {
    let client = hidden(&live).await?;
    fails(ErrorKind::PermissionDenied, client.server_version().await)?;
    let group = live.group("lacks").await?;
    let preview = client.preview(&group.id).await;
    if live.version().supports(Operation::PreviewGroup) {
        preview?;
    } else {
        fails(ErrorKind::UnsupportedVersion, preview)?;
    }
    Ok(())
}
