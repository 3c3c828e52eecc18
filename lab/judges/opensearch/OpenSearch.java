import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node on 127.0.0.1, on a free port, that keeps its data in the folder of the first argument. It prints its
 * address when it answers, and ends when its standard input does: with whoever started it.
 */
public final class OpenSearch extends Node {
  private OpenSearch(Environment environment) {
    super(environment, List.of(Netty4Plugin.class), true);
  }

  public static void main(String[] arguments) throws Exception {
    var settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("cluster.name", "judge")
            .put("node.name", "judge")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            .put("node.store.allow_mmap", false)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    var environment =
        InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), Path.of(arguments[0], "config"), () -> "judge");
    try (var node = new OpenSearch(environment)) {
      node.start();
      var http = node.injector().getInstance(org.opensearch.http.HttpServerTransport.class);
      System.out.println("http://127.0.0.1:" + http.boundAddress().publishAddress().getPort());
      while (System.in.read() != -1) {}
    }
  }
}
