//! Deleting a group.

use http::StatusCode;

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    value::{names::Operation, server_version::ServerVersion},
};

impl GroupsClient {
    /// Deletes a group. On servers since 0.12 the groups below it move up to
    /// its parent. Not sent twice: the second attempt would report as missing
    /// what the first one deleted.
    ///
    /// One request on servers since 0.12, two on older ones, which claim to
    /// have deleted a group that never was; the server's version is asked
    /// first, once. Since 0.6.43: `DELETE /api/v1/groups/id/{id}/delete`.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// match client.delete("group-id").await {
    ///     Err(error) if error.is_not_found() => println!("it was gone already"),
    ///     outcome => outcome?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// *Not found*, on every version.
    pub async fn delete(&self, id: &str) -> Result<()> {
        let client = self.composed();
        let call = client.call_on(id)?;
        if client.optional_version().await < Some(ServerVersion::HIERARCHY) {
            client.get(id).await?;
        }
        if call.run(|api| api.delete_group(id)).await? {
            return Ok(());
        }
        let operation = Operation::DeleteGroup;
        let path = operation.path().replace("{id}", &client.shown(id));
        Err(client
            .error(ErrorKind::Rejected, operation, id)
            .with_message("the server did not delete the group, and does not report why")
            .with_request(operation.method(), path)
            .with_status(StatusCode::OK)
            .with_attempts(1))
    }
}
