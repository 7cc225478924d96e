import com.cyberark.conjur.api.AuthnProvider;
import com.cyberark.conjur.api.Conjur;
import com.cyberark.conjur.api.Credentials;
import com.cyberark.conjur.api.Endpoints;
import com.cyberark.conjur.api.Token;
import com.cyberark.conjur.api.Variables;
import com.cyberark.conjur.api.clients.AuthnClient;
import com.cyberark.conjur.api.clients.ResourceClient;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.ws.rs.ProcessingException;
import javax.ws.rs.WebApplicationException;

/** The vendor's Java client against a Conjur: each check calls its public methods and prints one line of TAP. */
public class Peer {
  private static final String KEY = System.getenv("CONJUR_AUTHN_API_KEY");
  private static final String VALUE = System.getenv("PEER_VALUE");
  private static final String AWKWARD = "app/awkward/ä+b c%41?#:d";

  private static int number = 0;
  private static boolean anyBad = false;

  private interface Check {
    void run() throws Exception;
  }

  public static void main(String[] args) {
    for (String name : List.of("CONJUR_ACCOUNT", "CONJUR_APPLIANCE_URL")) System.setProperty(name, System.getenv(name));
    checkLogin();
    checkValues(new Conjur("admin", KEY).variables());
    checkHost();
    checkTls();
    checkLdap();
    System.out.println("1.." + number);
    System.exit(anyBad ? 1 : 0);
  }

  private static void checkLogin() {
    check("login: the api key gives an access token that the client reads", () -> {
      Token token = authenticate("admin", KEY);
      expect(!token.isExpired() && !token.willExpireWithin(60), "expires at " + token.getExpiration());
    });
    check("login: a password is exchanged for the api key", () -> {
      Credentials credentials = new Credentials("admin", KEY);
      String key = new AuthnClient(credentials, Endpoints.fromCredentials(credentials)).login();
      expect(key.equals(KEY), "another key");
    });
    check("login: a wrong key is refused", () -> refused(401, () -> authenticate("admin", "wrong")));
    check("login: the token of one client serves another", () -> {
      Variables variables = new Conjur(authenticate("admin", KEY)).variables();
      expect(variables.retrieveSecret("app/from-us").equals(VALUE), "another value");
    });
    check("login: the token of one client serves one that knows where secrets are", () -> {
      Endpoints endpoints = Endpoints.fromSystemProperties();
      ResourceClient client = new ResourceClient(authenticate("admin", KEY), endpoints);
      expect(client.retrieveSecret("app/from-us").equals(VALUE), "another value");
    });
    check("login: a token from a file", () -> {
      Path file = Path.of(System.getenv("PEER_FOLDER"), "token.json");
      Files.writeString(file, authenticate("admin", KEY).toString());
      expect(new Conjur(Token.fromFile(file)).variables().retrieveSecret("app/from-us").equals(VALUE), "another value");
    });
  }

  private static void checkValues(Variables variables) {
    check("read: what our client wrote", () -> expect(variables.retrieveSecret("app/from-us").equals(VALUE), "another"));
    check("write: what our client will read", () -> variables.addSecret("app/from-them", VALUE));
    check("write: what a shell or a form would change", () -> {
      for (String value : List.of("100% sure & a+b=c", "ünï\r\n", "{\"a\": 1}", "x".repeat(60_000))) {
        variables.addSecret("app/binary", value);
        expect(variables.retrieveSecret("app/binary").equals(value), value.substring(0, 4) + " came back changed");
      }
    });
    check("write: a name that needs encoding", () -> {
      variables.addSecret(AWKWARD, "awkward value");
      expect(variables.retrieveSecret(AWKWARD).equals("awkward value"), "another value");
    });
    check("read: the last of several versions", () -> {
      variables.addSecret("app/versions", "one");
      variables.addSecret("app/versions", "two");
      expect(variables.retrieveSecret("app/versions").equals("two"), "another value");
    });
    check("read: a variable without a value, and none at all", () -> {
      refused(404, () -> variables.retrieveSecret("app/never-set"));
      refused(404, () -> variables.retrieveSecret("app/ghost"));
    });
    check("write: a variable that is not there", () -> refused(404, () -> variables.addSecret("app/ghost", "value")));
  }

  private static void checkHost() {
    check("login: a host reads what it may and is refused what it may not", () -> {
      Variables variables = new Conjur("host/app/reader", System.getenv("PEER_HOST_KEY")).variables();
      expect(variables.retrieveSecret("app/from-us").equals(VALUE), "another value");
      refused(403, () -> variables.addSecret("app/from-us", "value"));
    });
  }

  private static void checkTls() {
    String conjur = System.getenv("PEER_TLS_URL");
    Credentials credentials = new Credentials("admin", System.getenv("PEER_TLS_KEY"), conjur + "/authn");
    String account = System.getenv("CONJUR_ACCOUNT");
    Endpoints endpoints = new Endpoints(conjur + "/authn/" + account, conjur + "/secrets/" + account + "/variable");
    check("login: over TLS, with a certificate that is given", () -> {
      Token token = new AuthnClient(credentials, endpoints, trust(System.getenv("PEER_TLS_CERTIFICATE"))).authenticate();
      expect(!token.isExpired(), "expires at " + token.getExpiration());
    });
    check("login: a certificate that nobody vouches for is refused", () -> {
      try {
        new AuthnClient(credentials, endpoints).authenticate();
      } catch (ProcessingException error) {
        expect(String.valueOf(error.getCause()).contains("SSLHandshakeException"), String.valueOf(error));
        return;
      }
      throw new AssertionError("it was not refused");
    });
  }

  private static void checkLdap() {
    check("other logins: LDAP, by the address of its authenticator", () -> {
      Token token = ldap(System.getenv("PEER_LDAP_PASSWORD")).authenticate();
      expect(!token.isExpired(), "expires at " + token.getExpiration());
      // alice may read nothing: Conjur knows her and shows her no variable.
      refused(404, () -> new Conjur(token).variables().retrieveSecret("app/from-us"));
    });
    check("other logins: LDAP refuses another password", () -> refused(401, () -> ldap("another").authenticate()));
  }

  private static AuthnClient ldap(String password) {
    Credentials credentials = new Credentials("alice", password, System.getenv("CONJUR_APPLIANCE_URL") + "/authn-ldap/work");
    return new AuthnClient(credentials, Endpoints.fromCredentials(credentials));
  }

  private static SSLContext trust(String file) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(Path.of(file))) {
      store.setCertificateEntry("conjur", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static Token authenticate(String login, String key) {
    Credentials credentials = new Credentials(login, key);
    AuthnProvider provider = new AuthnClient(credentials, Endpoints.fromCredentials(credentials));
    return provider.authenticate();
  }

  private static void check(String name, Check check) {
    number++;
    try {
      check.run();
      say("ok " + number + " - " + name);
    } catch (Throwable error) { // A check that breaks must not hide the next ones.
      anyBad = true;
      say("not ok " + number + " - " + name + ": " + String.valueOf(error).replace('\n', ' '));
    }
  }

  private static void say(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }

  private static void expect(boolean isSo, String otherwise) {
    if (!isSo) throw new AssertionError(otherwise);
  }

  private static void refused(int status, Check call) throws Exception {
    try {
      call.run();
    } catch (WebApplicationException error) {
      expect(error.getResponse().getStatus() == status, error.getResponse().getStatus() + " instead of " + status);
      return;
    }
    throw new AssertionError("it was not refused with " + status);
  }
}
