//! Reads the settings that affect memberships and permissions.
//!
//! Some of the responses contain secrets, for example the password of the LDAP server. The OpenAPI
//! document omits these fields, so no type can contain them.

use crate::{
    client::groups_client::GroupsClient,
    error::Result,
    types::{AdminConfig, AppConfig, LdapConfig, LdapGroupsConfig, OAuthGroupsConfig},
    value::permissions::Permissions,
};

impl GroupsClient {
    /// Returns the permissions that every user has, in addition to those of their groups.
    ///
    /// Requires an administrator's token.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/users/default/permissions`.
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
    /// Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not
    /// an administrator's.
    pub async fn default_permissions(&self) -> Result<Permissions> {
        self.call().run(|api| api.get_default_permissions()).await
    }

    /// Returns the group that new users join, and the restrictions of API keys.
    ///
    /// Requires an administrator's token. The many other settings in the server's response are not
    /// retained.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/auths/admin/config`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not
    /// an administrator's.
    pub async fn admin_config(&self) -> Result<AdminConfig> {
        self.call().run(|api| api.get_admin_config()).await
    }

    /// Returns whether signing in through OAuth changes the groups of a user.
    ///
    /// Requires an administrator's token. The secret of the OAuth client, which is in the server's
    /// response, is not retained.
    ///
    /// Sends one request. Requires the Open WebUI version of [`Operation::GetOauthConfig`].
    ///
    /// Operation: `GET /api/v1/auths/admin/config/oauth`.
    ///
    /// # Errors
    ///
    /// - Returns [`ErrorKind::UnsupportedVersion`](crate::ErrorKind::UnsupportedVersion) if the
    ///   server is older. It may change groups anyway.
    /// - Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is
    ///   not an administrator's.
    ///
    /// [`Operation::GetOauthConfig`]: crate::Operation::GetOauthConfig
    pub async fn oauth_config(&self) -> Result<OAuthGroupsConfig> {
        self.call().run(|api| api.get_oauth_config()).await
    }

    /// Returns whether users can sign in through LDAP.
    ///
    /// Requires an administrator's token.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/auths/admin/config/ldap`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not
    /// an administrator's.
    pub async fn ldap_config(&self) -> Result<LdapConfig> {
        self.call().run(|api| api.get_ldap_config()).await
    }

    /// Returns whether signing in through LDAP changes the groups of a user.
    ///
    /// Requires an administrator's token. The password of the LDAP server, which is in the response,
    /// is not retained. Both fields are absent on 0.6.43 and 0.9.6, and present on 0.11.4 and
    /// 0.12.4.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/v1/auths/admin/config/ldap/server`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::PermissionDenied`](crate::ErrorKind::PermissionDenied) if the token is not
    /// an administrator's.
    pub async fn ldap_server_config(&self) -> Result<LdapGroupsConfig> {
        self.call().run(|api| api.get_ldap_server_config()).await
    }

    /// Returns the public settings, which include the ways to sign in.
    ///
    /// Users can sign in through OAuth providers, through LDAP, and with a header of a trusted
    /// proxy. Each of these can change groups. The server requires no token.
    ///
    /// Sends one request.
    ///
    /// Operation: `GET /api/config`.
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
    /// Returns [`ErrorKind::Unauthenticated`](crate::ErrorKind::Unauthenticated) if a proxy in front
    /// of the server requires credentials.
    pub async fn app_config(&self) -> Result<AppConfig> {
        self.call().run(|api| api.get_app_config()).await
    }
}
