namespace Orrery.GitOps.Delivery;

/// <summary>
/// When an Application counts as healthy, so that the next wave may begin. The check in Argo CD's documentation copies
/// the child's health alone, which lets a wave through while resources are missing (argo-cd#27917). Here a child is
/// healthy when its health is Healthy, it is Synced with what its spec says now, and its last operation succeeded.
/// </summary>
/// <remarks>
/// "Synced" is what ties the operation to the current revision. The revisions themselves are not compared: a commit
/// that changes nothing of an Application moves its compared revision without an operation, and it would wait for ever.
/// </remarks>
public static class ApplicationHealth
{
    /// <summary>
    /// For <c>resource.customizations.health.argoproj.io_Application</c>; in Lua 5.1, which is what Argo CD runs.
    /// </summary>
    public const string Lua =
        """
        local function waiting(why)
          return { status = "Progressing", message = why }
        end
        local function same(wanted, compared)
          if wanted == nil or compared == nil then
            return wanted == compared
          end
          for _, field in ipairs({ "chart", "path", "ref", "repoURL", "targetRevision" }) do
            if (wanted[field] or "") ~= (compared[field] or "") then
              return false
            end
          end
          return true
        end
        local status = obj.status
        if status == nil or status.sync == nil or status.health == nil then
          return waiting("not compared with Git yet")
        end
        local compared = status.sync.comparedTo or {}
        if not same(obj.spec.source, compared.source) then
          return waiting("compared with another source than its own")
        end
        local wanted, found = obj.spec.sources or {}, compared.sources or {}
        if #wanted ~= #found then
          return waiting("compared with other sources than its own")
        end
        for i, source in ipairs(wanted) do
          if not same(source, found[i]) then
            return waiting("compared with other sources than its own")
          end
        end
        local operation = status.operationState
        if obj.operation ~= nil or operation == nil then
          return waiting("not synchronised yet")
        end
        if operation.phase == "Running" or operation.phase == "Terminating" then
          return waiting("an operation is running")
        end
        if operation.phase ~= "Succeeded" then
          return { status = "Degraded", message = operation.message or "the last operation failed" }
        end
        if status.sync.status ~= "Synced" then
          return waiting("differs from Git")
        end
        return { status = status.health.status or "Progressing", message = status.health.message or "" }

        """;
}
