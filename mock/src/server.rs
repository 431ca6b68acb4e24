//! The mock that a test uses.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use owui_groups::{GroupsClient, NewGroup, Operation, types::Group};
use serde_json::Value;

use crate::{
    contents,
    emulated_version::EmulatedVersion,
    error::MockError,
    fault::Fault,
    recorded_request::RecordedRequest,
    running::Running,
    state::SharedState,
    user::{MockUser, NewUser},
};

/// A mock of the groups API of Open WebUI, on a port of this machine. It stops when it is dropped.
///
/// ```
/// use owui_groups::NewGroup;
/// use owui_groups_mock::{MockServer, NewUser};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::start()?;
/// let ann = server.add_user(NewUser::new("Ann"))?;
/// let team = server.add_group(NewGroup::new("team"))?;
///
/// let change = server.client()?.add_members(&team.id, [ann.id()]).await?;
///
/// assert_eq!(change.added, [ann.id()]);
/// assert_eq!(server.member_ids(&team.id), [ann.id()]);
/// # Ok(())
/// # }
/// ```
///
/// The mock runs on its own thread, so tests that block can use it too. Its port is free again
/// after it is dropped. For programs in other languages, use the command `owui-groups mock`.
#[must_use = "a mock stops when it is dropped"]
pub struct MockServer {
    address: SocketAddr,
    admin: MockUser,
    state: Arc<SharedState>,
    /// Dropped with the mock.
    _running: Running,
}

impl MockServer {
    pub(crate) fn new(
        address: SocketAddr,
        admin: MockUser,
        state: Arc<SharedState>,
        running: Running,
    ) -> Self {
        Self {
            address,
            admin,
            state,
            _running: running,
        }
    }

    /// Returns the address that the mock listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL to pass to a client, for example `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        let mut address = self.address;
        match address.ip() {
            // The unspecified address is not an address to connect to.
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{address}")
    }

    /// Returns the administrator that every mock contains.
    pub fn admin(&self) -> &MockUser {
        &self.admin
    }

    /// Returns the token of the administrator.
    pub fn admin_token(&self) -> &str {
        self.admin.token()
    }

    /// Returns the version that the mock emulates.
    pub fn version(&self) -> EmulatedVersion {
        self.state.lock().store.version
    }

    /// Creates a client with the administrator's token and the defaults of [`GroupsClient::new`].
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](owui_groups::ErrorKind::InvalidInput) if the token of
    /// the administrator cannot be sent.
    pub fn client(&self) -> owui_groups::Result<GroupsClient> {
        self.client_of(&self.admin)
    }

    /// Creates a client with the token of this user.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::InvalidInput`](owui_groups::ErrorKind::InvalidInput) if the token of
    /// the user cannot be sent.
    pub fn client_of(&self, user: &MockUser) -> owui_groups::Result<GroupsClient> {
        GroupsClient::new(&self.url(), user.token())
    }

    /// Adds a user, and returns it with all generated values.
    ///
    /// # Errors
    ///
    /// Returns an error if the ID, the email address or the token is empty, or belongs to another
    /// user.
    pub fn add_user(&self, user: NewUser) -> Result<MockUser, MockError> {
        contents::add_user(&mut self.state.lock().store, user)
    }

    /// Adds a group, as if the administrator had created it.
    ///
    /// # Errors
    ///
    /// Returns an error if a server of the emulated version would reject the group or ignore its
    /// parent.
    pub fn add_group(&self, group: NewGroup) -> Result<Group, MockError> {
        self.put_group(None, group)
    }

    /// Adds a group with this ID, which a client of a real server cannot choose.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`add_group`](Self::add_group), and an error if another group has the
    /// ID.
    pub fn add_group_with_id(
        &self,
        id: impl Into<String>,
        group: NewGroup,
    ) -> Result<Group, MockError> {
        self.put_group(Some(id.into()), group)
    }

    /// Makes users members of a group, without the bugs of the emulated version.
    ///
    /// # Errors
    ///
    /// Returns an error if the group or a user does not exist. No user is added in this case.
    pub fn add_members(
        &self,
        group: &str,
        users: impl IntoIterator<Item: Into<String>>,
    ) -> Result<(), MockError> {
        let users = users.into_iter().map(Into::into).collect();
        contents::add_members(&mut self.state.lock().store, group, users)
    }

    /// Returns the current state of a group.
    pub fn group(&self, id: &str) -> Option<Group> {
        let store = &self.state.lock().store;
        as_group(store.group_json(store.group(id)?)).ok()
    }

    /// Returns all groups, the most recently changed first.
    pub fn groups(&self) -> Vec<Group> {
        let store = &self.state.lock().store;
        let groups = store.groups().into_iter();
        groups
            .filter_map(|group| as_group(store.group_json(group)).ok())
            .collect()
    }

    /// Returns the IDs of a group's direct members, sorted. Empty if the group does not exist.
    pub fn member_ids(&self, group: &str) -> Vec<String> {
        let store = &self.state.lock().store;
        let members = store.group(group).map(|group| store.members(&group.id));
        members.into_iter().flatten().map(str::to_owned).collect()
    }

    /// Injects a fault into the next requests. If several faults match a request, the one that was
    /// injected first applies.
    pub fn inject(&self, fault: Fault) {
        self.state.lock().pending_faults.push(fault);
    }

    /// Returns the faults that have not applied as often as they were set to.
    ///
    /// Use this to check that the expected requests were sent.
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.state.lock().pending_faults.clone()
    }

    /// Discards the pending faults.
    pub fn clear_faults(&self) {
        self.state.lock().pending_faults.clear();
    }

    /// Returns all recorded requests, in the order in which they arrived.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.clone()
    }

    /// Returns the recorded requests of one operation.
    pub fn requests_of(&self, operation: Operation) -> Vec<RecordedRequest> {
        let requests = &self.state.lock().requests;
        requests
            .iter()
            .filter(|request| request.operation == Some(operation))
            .cloned()
            .collect()
    }

    /// Discards the recorded requests.
    pub fn clear_requests(&self) {
        self.state.lock().requests.clear();
    }

    fn put_group(&self, id: Option<String>, group: NewGroup) -> Result<Group, MockError> {
        let cannot = || MockError::new("the group cannot be sent");
        let form = serde_json::to_value(group).map_err(|error| cannot().with_source(error))?;
        let store = &mut self.state.lock().store;
        let id = contents::add_group(store, self.admin.id(), id, form)?;
        let group = store.group(&id).map(|group| store.group_json(group));
        as_group(group.unwrap_or_default())
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MockServer")
            .field("address", &self.address)
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

fn as_group(json: Value) -> Result<Group, MockError> {
    serde_json::from_value(json)
        .map_err(|error| MockError::new("the group is not one of the client's").with_source(error))
}
