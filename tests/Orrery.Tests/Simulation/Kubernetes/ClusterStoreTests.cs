using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>The store as the cluster's own controllers use it.</summary>
public class ClusterStoreTests
{
    [Fact]
    public void Whoever_watches_is_told_in_the_order_of_the_versions_even_of_what_he_writes_himself()
    {
        var store = new ApiDriver().Store;
        var told = new List<(string Name, long Version)>();
        store.Changed += change =>
        {
            if (change.Type == ChangeType.Added && change.Object["metadata"]!["name"]!.ToString() == "one")
                store.Create(Map("two"));
        };
        store.Changed += change => told.Add((change.Object["metadata"]!["name"]!.ToString(), change.ResourceVersion));

        store.Create(Map("one"));

        told.Select(each => each.Name).ShouldBe(["one", "two"]);
        told.Select(each => each.Version).ShouldBeInOrder();
    }

    [Fact]
    public void What_the_store_gives_is_a_copy()
    {
        var store = new ApiDriver().Store;
        var made = store.Create(Map("one"));
        made["data"]!["k"] = "changed";
        store.Get("v1", "ConfigMap", "default", "one")!["data"]!["k"]!.ToString().ShouldBe("v");
    }

    [Fact]
    public void An_update_of_an_older_version_is_refused()
    {
        var store = new ApiDriver().Store;
        var made = store.Create(Map("one"));
        var changed = (JsonObject)made.DeepClone();
        changed["data"]!["k"] = "w";
        store.Update(changed);
        Should.Throw<ApiFailure>(() => store.Update(made)).Reason.ShouldBe("Conflict");
    }

    [Fact]
    public void Finalizers_hold_an_object_until_the_last_is_gone()
    {
        var store = new ApiDriver().Store;
        var item = Map("one");
        item["metadata"]!["finalizers"] = new JsonArray("example.org/hold");
        store.Create(item);
        store.Delete("v1", "ConfigMap", "default", "one").ShouldBeTrue();
        var held = store.Get("v1", "ConfigMap", "default", "one").ShouldNotBeNull();
        held["metadata"]!["deletionTimestamp"].ShouldNotBeNull();
        held["metadata"]!["finalizers"] = new JsonArray();
        store.Update(held);
        store.Get("v1", "ConfigMap", "default", "one").ShouldBeNull();
    }

    [Theory]
    [InlineData("Background", false)]
    [InlineData("Foreground", false)]
    [InlineData("Orphan", true)]
    public void Dependents_go_with_their_owner_unless_they_are_orphaned(string propagation, bool isLeft)
    {
        var driver = new ApiDriver();
        var owner = driver.Store.Create(Map("owner"));
        var dependent = Map("dependent");
        dependent["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["name"] = "owner",
            ["uid"] = owner["metadata"]!["uid"]!.ToString(),
        });
        driver.Store.Create(dependent);
        driver.Store.Delete("v1", "ConfigMap", "default", "owner", new DeleteOptions { Propagation = propagation });
        driver.Wait(2);
        driver.Store.Get("v1", "ConfigMap", "default", "owner").ShouldBeNull();
        (driver.Store.Get("v1", "ConfigMap", "default", "dependent") is not null).ShouldBe(isLeft);
    }

    [Fact]
    public void A_deleted_namespace_is_emptied_and_then_gone()
    {
        var driver = new ApiDriver();
        driver.Send("POST", "/api/v1/namespaces", """{"metadata":{"name":"shop"}}""").Status.ShouldBe(201);
        driver.Wait(1);
        driver.Store.Get("v1", "ServiceAccount", "shop", "default").ShouldNotBeNull();
        driver.Send("DELETE", "/api/v1/namespaces/shop").Body!["status"]!["phase"]!.ToString().ShouldBe("Terminating");
        driver.Wait(1);
        driver.Send("GET", "/api/v1/namespaces/shop").Status.ShouldBe(404);
        driver.Store.List("v1", "ServiceAccount", "shop").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_manager_no_longer_applies_goes_and_what_others_set_stays()
    {
        var store = new ApiDriver().Store;
        store.Apply(Map("one"), new WriteOptions { Manager = "first" });
        var other = Map("one");
        other["data"] = new JsonObject { ["mine"] = "1" };
        store.Apply(other, new WriteOptions { Manager = "second" });
        var less = Map("one");
        less.Remove("data");
        store.Apply(less, new WriteOptions { Manager = "first" })["data"]!.AsObject()
            .Select(pair => pair.Key).ShouldBe(["mine"]);
        other["data"]!["k"] = "x";
        store.Apply(other, new WriteOptions { Manager = "second" });
        Should.Throw<ApiFailure>(() => store.Apply(Map("one"), new WriteOptions { Manager = "first" }))
            .Message.ShouldBe("Apply failed with 1 conflict: conflict with \"second\": .data.k");
    }

    [Fact]
    public void Two_clusters_of_one_seed_are_the_same()
    {
        static string Play()
        {
            var driver = new ApiDriver(new KubernetesApiOptions { Seed = 7 });
            driver.Send("POST", "/api/v1/namespaces/default/services",
                """{"metadata":{"generateName":"s-"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""");
            return string.Join('\n', driver.Store.List("v1", "Service").Select(item => item.ToJsonString()));
        }

        Play().ShouldBe(Play());
    }

    [Theory]
    [InlineData("GET", "/apis/resource.k8s.io/v1/deviceclasses/x", 404)]
    [InlineData("POST", "/apis/resource.k8s.io/v1/deviceclasses", 501)]
    [InlineData("POST", "/apis/authentication.k8s.io/v1/tokenreviews", 501)]
    [InlineData("GET", "/api/v1/namespaces/default/pods/x/attach", 501)]
    [InlineData("GET", "/apis/apps/v1/deployment", 404)]
    public void What_is_not_simulated_is_never_a_success(string method, string path, int status) =>
        new ApiDriver().Send(method, path, method == "POST" ? """{"metadata":{"name":"x"}}""" : "")
            .Status.ShouldBe(status);

    private static JsonObject Map(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["data"] = new JsonObject { ["k"] = "v" },
    };
}
