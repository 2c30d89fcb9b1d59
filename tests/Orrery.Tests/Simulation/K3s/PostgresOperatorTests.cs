using static Orrery.Tests.Simulation.K3s.ClusterScene;

namespace Orrery.Tests.Simulation.K3s;

public sealed class PostgresOperatorTests
{
    [Fact]
    public void A_database_comes_once_the_Secret_of_its_owner_is_there()
    {
        var scene = new ClusterScene().Boot();
        scene.Apply("""
            apiVersion: helm.cattle.io/v1
            kind: HelmChart
            metadata: {name: cloudnative-pg, namespace: kube-system}
            spec:
              chart: cloudnative-pg
              createNamespace: true
              repo: https://cloudnative-pg.github.io/charts
              targetNamespace: cnpg-system
              version: 0.29.0
            """);
        scene.Wait(60);
        scene.Apply("""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: shop, namespace: default}
            spec:
              instances: 1
              bootstrap: {initdb: {database: shop, owner: shop, secret: {name: shop}}}
              storage: {size: 1Gi}
            """);
        scene.Wait(30);
        Condition(scene.Get("postgresql.cnpg.io/v1", "Cluster", "default", "shop"), "Ready").ShouldBe("False");
        scene.Get("v1", "Pod", "default", "shop-1").ShouldBeNull();

        scene.Apply("""
            apiVersion: v1
            kind: Secret
            metadata: {name: shop, namespace: default}
            stringData: {password: tulip, username: shop}
            """);
        scene.Wait(60);
        Condition(scene.Get("postgresql.cnpg.io/v1", "Cluster", "default", "shop"), "Ready").ShouldBe("True");
        Condition(scene.Get("v1", "Pod", "default", "shop-1"), "Ready").ShouldBe("True");
        Text(scene.Get("v1", "PersistentVolumeClaim", "default", "shop-1"), "status", "phase").ShouldBe("Bound");
        scene.Get("v1", "Service", "default", "shop-rw").ShouldNotBeNull();
    }
}
