terraform {
  required_providers {
    harbor = { source = "goharbor/harbor" }
  }
}
variable "url" {}
variable "upstream" {}
provider "harbor" {
  url      = var.url
  username = "admin"
  password = "Harbor12345"
}
resource "harbor_registry" "hub" {
  provider_name = "docker-registry"
  name          = "hub"
  description   = "the hub"
  endpoint_url  = var.upstream
}
resource "harbor_registry" "quay" {
  provider_name = "docker-registry"
  name          = "quay"
  endpoint_url  = var.upstream
  access_id     = "me"
  access_secret = "very-secret"
  insecure      = true
}
locals { projects = toset(["a", "b"]) }
resource "harbor_project" "proxy" {
  for_each               = local.projects
  name                   = "proxy.${each.key}"
  registry_id            = harbor_registry.hub.registry_id
  public                 = true
  storage_quota          = 5
  vulnerability_scanning = false
  proxy_speed_kb         = 1024
}
resource "harbor_project" "main" {
  name                        = "main"
  public                      = false
  vulnerability_scanning      = true
  enable_content_trust_cosign = true
  auto_sbom_generation        = true
  deployment_security         = "high"
  cve_allowlist               = ["CVE-2020-1234", "CVE-2021-1"]
  force_destroy               = true
}
resource "harbor_retention_policy" "a" {
  scope    = harbor_project.proxy["a"].id
  schedule = "Daily"
  rule {
    n_days_since_last_pull = 5
    repo_matching          = "**"
    tag_matching           = "latest"
  }
  rule {
    n_days_since_last_push = 10
    repo_excluding         = "x/**"
    tag_excluding          = "{latest,snapshot}"
    untagged_artifacts     = false
  }
  rule {
    most_recently_pulled = 3
    repo_matching        = "**"
    tag_matching         = "**"
    disabled             = true
  }
}
resource "harbor_immutable_tag_rule" "main" {
  project_id    = harbor_project.main.id
  repo_matching = "**"
  tag_matching  = "v2.*"
}
resource "harbor_immutable_tag_rule" "off" {
  disabled       = true
  project_id     = harbor_project.main.id
  repo_excluding = "dev/**"
  tag_excluding  = "latest"
}
resource "harbor_group" "oidc" {
  group_name = "storage-group"
  group_type = 3
}
resource "harbor_user" "john" {
  username  = "john"
  password  = "Password12345!"
  full_name = "John Smith"
  email     = "john@smith.com"
  admin     = true
}
resource "harbor_project_member_group" "g" {
  project_id = harbor_project.main.id
  group_name = harbor_group.oidc.group_name
  role       = "projectadmin"
  type       = "oidc"
}
resource "harbor_project_member_user" "u" {
  project_id = harbor_project.main.id
  user_name  = harbor_user.john.username
  role       = "limitedguest"
}
resource "harbor_project_webhook" "w" {
  name        = "hook"
  description = "a hook"
  address     = "https://webhook.domain.com/x"
  project_id  = harbor_project.main.id
  notify_type = "http"
  auth_header = "Bearer abc"
  events_types = ["DELETE_ARTIFACT", "PULL_ARTIFACT", "QUOTA_EXCEED"]
}
resource "harbor_project_webhook" "slack" {
  name         = "slack"
  address      = "https://hooks.slack.com/x"
  project_id   = harbor_project.main.id
  notify_type  = "slack"
  skip_cert_verify = true
  enabled      = false
  events_types = ["SCANNING_FAILED"]
}
resource "harbor_label" "l" {
  name        = "accTest"
  color       = "#FF0000"
  description = "a label"
}
resource "harbor_label" "lp" {
  name       = "plabel"
  color      = "#FFFFFF"
  project_id = harbor_project.main.id
}
resource "harbor_preheat_instance" "p" {
  name      = "pre"
  vendor    = "dragonfly"
  endpoint  = "http://example.com"
  auth_mode = "BASIC"
  username  = "u"
  password  = "p"
}
resource "harbor_replication" "pull" {
  name                   = "pull"
  action                 = "pull"
  registry_id            = harbor_registry.quay.registry_id
  schedule               = "0 0 0 * * *"
  dest_namespace         = "main"
  dest_namespace_replace = 1
  override               = false
  enabled                = true
  speed                  = 512
  filters { name = "library/alpine" }
  filters { tag = "3.*.*" }
  filters { resource = "image" }
}
resource "harbor_replication" "push" {
  name        = "push"
  action      = "push"
  description = "to quay"
  registry_id = harbor_registry.quay.registry_id
  schedule    = "event_based"
  filters { labels = ["accTest"] }
}
resource "harbor_robot_account" "system" {
  name        = "ci"
  description = "system robot"
  level       = "system"
  secret      = "Secret1234xyz"
  duration    = 30
  permissions {
    access {
      action   = "create"
      resource = "label"
    }
    kind      = "system"
    namespace = "/"
  }
  permissions {
    access {
      action   = "push"
      resource = "repository"
    }
    access {
      action   = "pull"
      resource = "repository"
    }
    kind      = "project"
    namespace = harbor_project.main.name
  }
  permissions {
    access {
      action   = "pull"
      resource = "repository"
    }
    kind      = "project"
    namespace = "*"
  }
}
resource "harbor_robot_account" "project" {
  name    = "deploy"
  level   = "project"
  disable = true
  permissions {
    access {
      action   = "pull"
      resource = "repository"
    }
    kind      = "project"
    namespace = harbor_project.proxy["a"].name
  }
}
resource "harbor_garbage_collection" "main" {
  schedule        = "Daily"
  delete_untagged = true
  workers         = 2
}
resource "harbor_config_system" "main" {
  project_creation_restriction = "adminonly"
  session_timeout              = 90
  token_expiration             = 40
  robot_token_expiration       = 25
  robot_name_prefix            = "harbor@"
  storage_per_project          = 100
  notification_enable          = true
  audit_log_forward_endpoint   = ""
  scanner_skip_update_pulltime = true
  banner_message {
    message   = "hello"
    type      = "warning"
    closable  = true
    from_date = "12/01/2026"
    to_date   = "12/31/2026"
  }
}
resource "harbor_config_security" "main" {
  cve_allowlist = ["CVE-456", "CVE-123"]
  expires_at    = "1901167767"
}
resource "harbor_config_auth" "oidc" {
  auth_mode          = "db_auth"
}
