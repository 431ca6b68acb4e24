//! Deletes a group.

use http::StatusCode;

use crate::{
    client::groups_client::GroupsClient,
    error::{Result, kind::ErrorKind},
    value::{names::Operation, server_version::ServerVersion},
};

impl GroupsClient {
    /// Deletes a group.
    ///
    /// Requires an administrator's token. On servers since 0.12, the groups below it move up to its
    /// parent. The request is retried only if it was certainly not carried out. Otherwise, the
    /// first attempt could delete the group, and the second one could report that it does not
    /// exist.
    ///
    /// Sends one request, and one more for the server's version the first time. Before 0.12, sends
    /// one more to read the group first, because these servers report success for groups that do
    /// not exist.
    ///
    /// Operation: `DELETE /api/v1/groups/id/{id}/delete`.
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
    /// - Returns [`ErrorKind::NotFound`] if the group does not exist.
    /// - Returns [`ErrorKind::Rejected`] if the server reports that it did not delete the group.
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
            .with_message("the server did not delete the group, and reported no reason")
            .with_request(operation.method(), path)
            .with_status(StatusCode::OK)
            .with_attempts(1))
    }
}
