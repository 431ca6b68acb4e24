//! The settings that decide who is in which group, and what users may do.
//!
//! The responses of some of these operations hold secrets, for example the password of the LDAP
//! server. The document has none of those fields, so no type can hold them.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    types::{AdminConfig, AppConfig, LdapConfig, LdapGroupsConfig, OAuthGroupsConfig},
    value::permissions::Permissions,
};

impl GroupsClient {
    /// The permissions that every user has, whatever their groups allow. For administrators.
    ///
    /// Sends one request: `GET /api/v1/users/default/permissions`. Requires Open WebUI 0.6.43 or
    /// later.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// use owui_groups::Permission;
    ///
    /// let defaults = client.default_permissions().await?;
    /// println!("{}", defaults.is_allowed(Permission::ChatFileUpload));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    /// administrator's.
    pub async fn default_permissions(&self) -> Result<Permissions> {
        self.call().run(|api| api.get_default_permissions()).await
    }

    /// The group that new users join, and what API keys may reach. For administrators.
    ///
    /// Sends one request: `GET /api/v1/auths/admin/config`. Requires Open WebUI 0.6.43 or later.
    /// The server's response has many other settings, which are not retained.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    /// administrator's.
    pub async fn admin_config(&self) -> Result<AdminConfig> {
        self.call().run(|api| api.get_admin_config()).await
    }

    /// Whether a sign-in through OAuth changes the groups of the user. For administrators.
    ///
    /// Sends one request: `GET /api/v1/auths/admin/config/oauth`.
    /// [`Operation::GetOauthConfig`] has the first version with it. The server's response has the
    /// secret of the OAuth client as well, which is not retained.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) on an older server,
    ///   which may change groups all the same.
    /// - [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    ///   administrator's.
    ///
    /// [`Operation::GetOauthConfig`]: crate::Operation::GetOauthConfig
    pub async fn oauth_config(&self) -> Result<OAuthGroupsConfig> {
        self.call().run(|api| api.get_oauth_config()).await
    }

    /// Whether users may sign in through LDAP. For administrators.
    ///
    /// Sends one request: `GET /api/v1/auths/admin/config/ldap`. Requires Open WebUI 0.6.43 or
    /// later.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    /// administrator's.
    pub async fn ldap_config(&self) -> Result<LdapConfig> {
        self.call().run(|api| api.get_ldap_config()).await
    }

    /// Whether a sign-in through LDAP changes the groups of the user. For administrators.
    ///
    /// Sends one request: `GET /api/v1/auths/admin/config/ldap/server`. Requires Open WebUI 0.6.43
    /// or later. Both fields are absent on 0.6.43 and 0.9.6, and present on 0.11.4 and 0.12.4. The
    /// server's response has the password of the LDAP server as well, which is not retained.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not an
    /// administrator's.
    pub async fn ldap_server_config(&self) -> Result<LdapGroupsConfig> {
        self.call().run(|api| api.get_ldap_server_config()).await
    }

    /// The public settings that show how users sign in, and so who else may change groups: OAuth
    /// providers, LDAP, and a header of a trusted proxy.
    ///
    /// Sends one request: `GET /api/config`. Requires Open WebUI 0.6.43 or later. The server
    /// requires no token for it.
    ///
    /// ```no_run
    /// # async fn example(client: owui_groups::GroupsClient) -> owui_groups::Result<()> {
    /// let config = client.app_config().await?;
    /// let providers = config.oauth.providers.unwrap_or_default();
    /// println!("{} OAuth providers", providers.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) from a proxy in front of the
    /// server.
    pub async fn app_config(&self) -> Result<AppConfig> {
        self.call().run(|api| api.get_app_config()).await
    }
}
