//! The mock, as a test holds it.

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

/// A server on a port of this machine that behaves like Open WebUI, as far as
/// groups go. It stops when it is dropped.
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
/// It runs on a thread of its own, so tests that block can use it as well, and
/// its port is free again when it is dropped. Programs in other languages use
/// the command `owui-groups mock`.
#[must_use = "a mock stops when it is dropped"]
pub struct MockServer {
    address: SocketAddr,
    admin: MockUser,
    state: Arc<SharedState>,
    /// Ends with the mock.
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

    /// Where the mock listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to give to a client: `http://127.0.0.1:49152` for example.
    pub fn url(&self) -> String {
        let mut address = self.address;
        match address.ip() {
            // Listening everywhere is no address to connect to.
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{address}")
    }

    /// The administrator that every mock has.
    pub fn admin(&self) -> &MockUser {
        &self.admin
    }

    /// The administrator's token.
    pub fn admin_token(&self) -> &str {
        self.admin.token()
    }

    /// The version that the mock emulates.
    pub fn version(&self) -> EmulatedVersion {
        self.state.lock().store.version
    }

    /// The administrator's client, with the defaults of [`GroupsClient::new`].
    ///
    /// # Errors
    ///
    /// *Invalid input* when the administrator was given a token that HTTP cannot carry.
    pub fn client(&self) -> owui_groups::Result<GroupsClient> {
        self.client_of(&self.admin)
    }

    /// A client of this user's.
    ///
    /// # Errors
    ///
    /// *Invalid input* when the user was given a token that HTTP cannot carry.
    pub fn client_of(&self, user: &MockUser) -> owui_groups::Result<GroupsClient> {
        GroupsClient::new(&self.url(), user.token())
    }

    /// Adds a user and returns them with everything that was generated.
    ///
    /// # Errors
    ///
    /// When the ID, the email address or the token is empty, or another user's.
    pub fn add_user(&self, user: NewUser) -> Result<MockUser, MockError> {
        contents::add_user(&mut self.state.lock().store, user)
    }

    /// Puts a group into the mock, as if the administrator had created it.
    ///
    /// # Errors
    ///
    /// When a server of the version would refuse it, or ignore its parent.
    pub fn add_group(&self, group: NewGroup) -> Result<Group, MockError> {
        self.put_group(None, group)
    }

    /// As [`add_group`](Self::add_group), with an id that a test wants, which
    /// no server would let it choose.
    ///
    /// # Errors
    ///
    /// As there, and when another group has the id.
    pub fn add_group_with_id(
        &self,
        id: impl Into<String>,
        group: NewGroup,
    ) -> Result<Group, MockError> {
        self.put_group(Some(id.into()), group)
    }

    /// Makes users members of a group, whatever the version would do.
    ///
    /// # Errors
    ///
    /// When the group or a user is not in the mock; nobody is added then.
    pub fn add_members(
        &self,
        group: &str,
        users: impl IntoIterator<Item: Into<String>>,
    ) -> Result<(), MockError> {
        let users = users.into_iter().map(Into::into).collect();
        contents::add_members(&mut self.state.lock().store, group, users)
    }

    /// A group, as it is now.
    pub fn group(&self, id: &str) -> Option<Group> {
        let store = &self.state.lock().store;
        as_group(store.group_json(store.group(id)?)).ok()
    }

    /// All groups, the one that changed last first.
    pub fn groups(&self) -> Vec<Group> {
        let store = &self.state.lock().store;
        let groups = store.groups().into_iter();
        groups
            .filter_map(|group| as_group(store.group_json(group)).ok())
            .collect()
    }

    /// The ids of a group's direct members, sorted; none for a group that is not there.
    pub fn member_ids(&self, group: &str) -> Vec<String> {
        let store = &self.state.lock().store;
        let members = store.group(group).map(|group| store.members(&group.id));
        members.into_iter().flatten().map(str::to_owned).collect()
    }

    /// Applies a fault to the requests to come. Of several that match a request,
    /// the one that was injected first applies.
    pub fn inject(&self, fault: Fault) {
        self.state.lock().pending_faults.push(fault);
    }

    /// The faults that have not applied as often as they were set to. A test
    /// that injects one for a request that never comes finds it here.
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.state.lock().pending_faults.clone()
    }

    /// Discards the pending faults.
    pub fn clear_faults(&self) {
        self.state.lock().pending_faults.clear();
    }

    /// All requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.clone()
    }

    /// The requests of one operation so far.
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
