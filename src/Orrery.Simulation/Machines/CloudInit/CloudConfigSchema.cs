namespace Orrery.Simulation.Machines.CloudInit;

/// <summary>
/// What cloud-init accepts at the top of its configuration:
/// https://docs.cloud-init.io/en/latest/reference/modules.html.
/// What is not accepted is a warning; its modules run all the same.
/// </summary>
internal static class CloudConfigSchema
{
    public static readonly IReadOnlySet<string> Keys = new HashSet<string>(StringComparer.Ordinal)
    {
        "allow_public_ssh_keys", "ansible", "apk_repos", "apt", "apt_pipelining", "apt_reboot_if_required",
            "apt_update",
        "apt_upgrade", "authkey_hash", "autoinstall", "bootcmd", "byobu_by_default", "ca-certs", "ca_certs", "chef",
        "chpasswd", "cloud_config_modules", "cloud_final_modules", "cloud_init_modules", "create_hostname_file",
        "device_aliases", "disable_ec2_metadata", "disable_root", "disable_root_opts", "disk_setup", "drivers", "fan",
        "final_message", "fqdn", "fs_setup", "groups", "growpart", "grub-dpkg", "grub_dpkg", "hostname", "keyboard",
        "landscape", "launch-index", "locale", "locale_configfile", "lxd", "manage_etc_hosts", "manage_resolv_conf",
        "mcollective", "merge_how", "merge_type", "migrate", "mount_default_fields", "mounts", "no_ssh_fingerprints",
        "ntp", "output", "package_reboot_if_required", "package_update", "package_upgrade", "packages", "password",
        "phone_home", "power_state", "prefer_fqdn_over_hostname", "preserve_hostname", "puppet", "random_seed",
        "reporting", "resize_rootfs", "resolv_conf", "rh_subscription", "rpi", "rsyslog", "runcmd", "salt_minion",
            "snap",
        "spacewalk", "ssh", "ssh_authorized_keys", "ssh_deletekeys", "ssh_fp_console_blacklist", "ssh_genkeytypes",
        "ssh_import_id", "ssh_key_console_blacklist", "ssh_keys", "ssh_publish_hostkeys", "ssh_pwauth",
        "ssh_quiet_keygen", "swap", "system_info", "timezone", "ubuntu_advantage", "ubuntu_pro", "updates", "user",
        "users", "vendor_data", "version", "wireguard", "write_files", "yum_repo_dir", "yum_repos", "zypper",
    };

    private static readonly string[] Lists =
        ["bootcmd", "runcmd", "write_files", "packages", "mounts", "ssh_authorized_keys", "ssh_genkeytypes",
            "fs_setup"];

    private static readonly string[] Maps = ["ssh_keys", "power_state", "disk_setup", "ntp", "chpasswd"];

    private static readonly string[] Flags =
        ["ssh_deletekeys", "package_update", "package_upgrade", "disable_root", "preserve_hostname",
            "ssh_quiet_keygen"];

    private static readonly string[] FileKeys =
        ["append", "content", "defer", "encoding", "owner", "path", "permissions", "source"];

    /// <summary>Each problem in the words of cloud-init's schema check, without its place.</summary>
    public static IEnumerable<string> Problems(Dictionary<string, object?> config)
    {
        foreach (var key in config.Keys.Where(key => !Keys.Contains(key)).Order(StringComparer.Ordinal))
            yield return $"Additional properties are not allowed ('{key}' was unexpected)";
        foreach (var (key, value) in config)
        {
            var wanted = Lists.Contains(key) && value is not List<object?> ? "array"
                : Maps.Contains(key) && value is not Dictionary<string, object?> ? "object"
                : Flags.Contains(key) && value is not bool ? "boolean"
                : null;
            if (wanted is not null)
                yield return $"{key}: {YamlTree.Text(value) ?? "value"} is not of type '{wanted}'";
        }

        foreach (var item in YamlTree.Items(config.GetValueOrDefault("write_files")))
        {
            if (item is not Dictionary<string, object?> file)
            {
                yield return "write_files: item is not of type 'object'";
                continue;
            }

            if (!file.ContainsKey("path"))
                yield return "write_files: 'path' is a required property";
            if (file.TryGetValue("permissions", out var permissions) && permissions is not string)
                yield return $"write_files: {YamlTree.Text(permissions)} is not of type 'string'";
            foreach (var key in file.Keys.Except(FileKeys))
                yield return $"write_files: Additional properties are not allowed ('{key}' was unexpected)";
        }
    }
}
