// The vendor's Go client against a Conjur: each check calls its public functions and prints one line of TAP.
package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cyberark/conjur-api-go/conjurapi"
	"github.com/cyberark/conjur-api-go/conjurapi/authn"
	"github.com/cyberark/conjur-api-go/conjurapi/response"
)

const awkward = "app/awkward/ä+b c%41?#:d"

var (
	account = os.Getenv("CONJUR_ACCOUNT")
	key     = os.Getenv("CONJUR_AUTHN_API_KEY")
	number  = 0
	anyBad  = false
)

func check(name string, run func() error) {
	number++
	if err := attempt(run); err != nil {
		anyBad = true
		fmt.Printf("not ok %d - %s: %s\n", number, name, strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	fmt.Printf("ok %d - %s\n", number, name)
}

// A client that panics on an answer fails its check, not the checks after it.
func attempt(run func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return run()
}

func expect(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// refused holds when the client tells of this HTTP status.
func refused(status int, err error) error {
	var told *response.ConjurError
	if errors.As(err, &told) {
		return expect(told.Code == status, "status %d instead of %d", told.Code, status)
	}
	return fmt.Errorf("an error with status %d was expected, not: %v", status, err)
}

func config() conjurapi.Config {
	return conjurapi.Config{
		ApplianceURL:      os.Getenv("CONJUR_APPLIANCE_URL"),
		Account:           account,
		CredentialStorage: conjurapi.CredentialStorageNone,
	}
}

func as(login, apiKey string) (*conjurapi.Client, error) {
	return conjurapi.NewClientFromKey(config(), authn.LoginPair{Login: login, APIKey: apiKey})
}

func main() {
	conjur, err := as("admin", key)
	if err != nil {
		fmt.Println("Bail out!", err)
		os.Exit(2)
	}
	checkLogin(conjur)
	checkValues(conjur)
	checkBatch(conjur)
	checkLists(conjur)
	checkRights(conjur)
	checkPolicy(conjur)
	checkRotation(conjur)
	checkHostFactory(conjur)
	checkAuthenticators(conjur)
	checkV2(conjur)
	checkOtherLogins()
	checkService()
	fmt.Printf("1..%d\n", number)
	if anyBad {
		os.Exit(1)
	}
}

func checkLogin(conjur *conjurapi.Client) {
	check("login: a password is exchanged for the api key", func() error {
		got, err := conjur.Login("admin", key)
		return errors.Join(err, expect(string(got) == key, "another key"))
	})
	check("login: the api key gives an access token that the client reads", func() error {
		token, err := conjur.Authenticate(authn.LoginPair{Login: "admin", APIKey: key})
		if err != nil {
			return err
		}
		parsed, err := authn.NewToken(token)
		if err != nil {
			return err
		}
		return errors.Join(parsed.FromJSON(token), expect(!parsed.ShouldRefresh(), "the token is to be refreshed at once"))
	})
	check("login: the token of one client serves another", func() error {
		token, err := conjur.Authenticate(authn.LoginPair{Login: "admin", APIKey: key})
		if err != nil {
			return err
		}
		other, err := conjurapi.NewClientFromToken(config(), string(token))
		if err != nil {
			return err
		}
		_, err = other.WhoAmI()
		return err
	})
	check("login: a wrong key is refused", func() error {
		_, err := conjur.Authenticate(authn.LoginPair{Login: "admin", APIKey: "wrong"})
		return refused(401, err)
	})
	check("login: over TLS, with a certificate that is given, and with none", func() error {
		pem, err := os.ReadFile(os.Getenv("PEER_TLS_CERTIFICATE"))
		if err != nil {
			return err
		}
		pair := authn.LoginPair{Login: "admin", APIKey: os.Getenv("PEER_TLS_KEY")}
		secure := config()
		secure.ApplianceURL = os.Getenv("PEER_TLS_URL")
		stranger, err := conjurapi.NewClientFromKey(secure, pair)
		if err != nil {
			return err
		}
		_, refusal := stranger.WhoAmI()
		secure.SSLCert = string(pem)
		trusted, err := conjurapi.NewClientFromKey(secure, pair)
		if err != nil {
			return err
		}
		_, err = trusted.WhoAmI()
		var unknown x509.UnknownAuthorityError
		return errors.Join(err, expect(errors.As(refusal, &unknown), "refused by: %v", refusal))
	})
	check("login: whoami", func() error {
		got, err := conjur.WhoAmI()
		return errors.Join(err, expect(bytes.Contains(got, []byte(`"username":"admin"`)), "%s", got))
	})
	check("login: the version of the server", func() error {
		got, err := conjur.ServerVersion()
		return errors.Join(err, expect(strings.HasPrefix(got, "1."), "%q", got), conjur.VerifyMinServerVersion("1.21.1"))
	})
}

func checkValues(conjur *conjurapi.Client) {
	check("read: what our client wrote", func() error {
		got, err := conjur.RetrieveSecret("app/from-us")
		return errors.Join(err, expect(string(got) == os.Getenv("PEER_VALUE"), "%q", got))
	})
	check("write: what our client will read", func() error {
		return conjur.AddSecret("app/from-them", os.Getenv("PEER_VALUE"))
	})
	check("write: bytes that are no text, and what a shell or a form would change", func() error {
		for _, value := range []string{"\x00\xff\xfe\n", "100% sure & a+b=c", "ünï\r\n", " "} {
			if err := conjur.AddSecret("app/binary", value); err != nil {
				if value == " " {
					continue
				}
				return err
			}
			got, err := conjur.RetrieveSecret("app/binary")
			if err != nil || string(got) != value {
				return fmt.Errorf("%q came back as %q (%v)", value, got, err)
			}
		}
		return nil
	})
	check("write: a name that needs encoding", func() error {
		if err := conjur.AddSecret(awkward, "awkward value"); err != nil {
			return err
		}
		got, err := conjur.RetrieveSecret(awkward)
		return errors.Join(err, expect(string(got) == "awkward value", "%q", got))
	})
	check("read: an earlier version", func() error {
		err := errors.Join(conjur.AddSecret("app/versions", "one"), conjur.AddSecret("app/versions", "two"))
		first, readError := conjur.RetrieveSecretWithVersion("app/versions", 1)
		return errors.Join(err, readError, expect(string(first) == "one", "%q", first))
	})
	check("read: a variable without a value, and none at all", func() error {
		_, empty := conjur.RetrieveSecret("app/never-set")
		_, missing := conjur.RetrieveSecret("app/ghost")
		return errors.Join(refused(404, empty), refused(404, missing))
	})
	check("write: a variable that is not there", func() error {
		return refused(404, conjur.AddSecret("app/ghost", "value"))
	})
}

func checkBatch(conjur *conjurapi.Client) {
	ids := []string{"app/from-us", "app/versions"}
	check("batch: values by their full ids", func() error {
		got, err := conjur.RetrieveBatchSecrets(ids)
		id := account + ":variable:app/versions"
		return errors.Join(err, expect(len(got) == 2 && string(got[id]) == "two", "%d values", len(got)))
	})
	check("batch: bytes that are no text", func() error {
		if err := conjur.AddSecret("app/binary", "\x00\xff"); err != nil {
			return err
		}
		got, err := conjur.RetrieveBatchSecretsSafe(append(ids, "app/binary"))
		return errors.Join(err, expect(string(got[account+":variable:app/binary"]) == "\x00\xff", "%v", got))
	})
	check("batch: bytes that are no text are refused as text", func() error {
		_, err := conjur.RetrieveBatchSecrets(append(ids, "app/binary"))
		return refused(406, err)
	})
	check("batch: one that is missing fails them all", func() error {
		_, err := conjur.RetrieveBatchSecrets(append(ids, "app/ghost"))
		return refused(404, err)
	})
}

func checkLists(conjur *conjurapi.Client) {
	list := func(filter conjurapi.ResourceFilter) ([]string, error) { return conjur.ResourceIDs(&filter) }
	check("list: by kind", func() error {
		got, err := list(conjurapi.ResourceFilter{Kind: "host"})
		return errors.Join(err, expect(len(got) == 2, "%v", got))
	})
	check("list: by search", func() error {
		got, err := list(conjurapi.ResourceFilter{Kind: "variable", Search: "versions"})
		return errors.Join(err, expect(slices.Equal(got, []string{account + ":variable:app/versions"}), "%v", got))
	})
	check("list: page by page", func() error {
		first, err := list(conjurapi.ResourceFilter{Kind: "variable", Limit: 3})
		rest, restError := list(conjurapi.ResourceFilter{Kind: "variable", Limit: 100, Offset: 3})
		all, allError := list(conjurapi.ResourceFilter{Kind: "variable"})
		return errors.Join(err, restError, allError,
			expect(len(first) == 3 && slices.Equal(append(first, rest...), all), "%v and %v are not %v", first, rest, all))
	})
	check("list: what another role sees", func() error {
		got, err := list(conjurapi.ResourceFilter{Kind: "variable", Role: account + ":host:app/reader"})
		return errors.Join(err, expect(len(got) == 6, "%v", got))
	})
	check("list: the count", func() error {
		got, err := conjur.ResourcesCount(&conjurapi.ResourceFilter{Kind: "host"})
		if err != nil {
			return err
		}
		return expect(got.Count == 2, "%d", got.Count)
	})
	check("list: one resource with its versions", func() error {
		got, err := conjur.Resource(account + ":variable:app/versions")
		if err != nil {
			return err
		}
		versions, isList := got["secrets"].([]any)
		return expect(isList && len(versions) == 2 && got["owner"] == account+":policy:app", "%v", got)
	})
}

func checkRights(conjur *conjurapi.Client) {
	variable, reader := account+":variable:app/from-us", account+":host:app/reader"
	check("check: one's own right, and another's", func() error {
		mine, err := conjur.CheckPermission(variable, "execute")
		theirs, theirError := conjur.CheckPermissionForRole(variable, reader, "execute")
		writes, writeError := conjur.CheckPermissionForRole(variable, reader, "update")
		return errors.Join(err, theirError, writeError, expect(mine && theirs && !writes, "%t %t %t", mine, theirs, writes))
	})
	check("check: who has a right", func() error {
		got, err := conjur.PermittedRoles(variable, "execute")
		return errors.Join(err, expect(slices.Contains(got, reader), "%v", got))
	})
	check("check: what is there, and what is not", func() error {
		there, err := conjur.ResourceExists(variable)
		role, roleError := conjur.RoleExists(reader)
		ghost, ghostError := conjur.ResourceExists(account + ":variable:app/ghost")
		return errors.Join(err, roleError, ghostError, expect(there && role && !ghost, "%t %t %t", there, role, ghost))
	})
	check("check: members and memberships", func() error {
		members, err := conjur.RoleMembers(account + ":group:app/readers")
		direct, directError := conjur.RoleMemberships(reader)
		all, allError := conjur.RoleMembershipsAll(reader)
		// The host itself and its group are all its roles; the owner's membership is a grant too.
		return errors.Join(err, directError, allError, expect(len(members) == 2 && len(direct) == 1 && len(all) == 2,
			"%v %v %v", members, direct, all))
	})
}

func checkPolicy(conjur *conjurapi.Client) {
	load := func(mode conjurapi.PolicyMode, text string) (*conjurapi.PolicyResponse, error) {
		return conjur.LoadPolicy(mode, "scratch", strings.NewReader(text))
	}
	var first, second string
	check("policy: load, with the keys of new hosts", func() error {
		one, err := load(conjurapi.PolicyModePost, "- !host { id: one, annotations: { authn/api-key: true } }")
		if err != nil {
			return err
		}
		first = one.CreatedRoles[account+":host:scratch/one"].APIKey
		again, err := load(conjurapi.PolicyModePost, "- !host two")
		if err != nil {
			return err
		}
		second = again.CreatedRoles[account+":host:scratch/two"].ID
		return expect(first != "" && second != "" && again.Version == one.Version+1, "%v, then %v", one, again)
	})
	check("policy: a host logs in with its new key and is refused what it may not do", func() error {
		host, err := as("host/scratch/one", first)
		if err != nil {
			return err
		}
		_, whoError := host.WhoAmI()
		_, loadError := host.LoadPolicy(conjurapi.PolicyModePost, "root", strings.NewReader("- !variable x"))
		return errors.Join(whoError, refused(404, host.AddSecret("app/from-us", "x")), expect(loadError != nil, "the load was allowed"))
	})
	check("policy: update deletes", func() error {
		_, err := load(conjurapi.PolicyModePatch, "- !delete { record: !host two }")
		there, existsError := conjur.ResourceExists(account + ":host:scratch/two")
		return errors.Join(err, existsError, expect(!there, "it is still there"))
	})
	check("policy: replace", func() error {
		_, err := load(conjurapi.PolicyModePut, "- !variable only")
		got, listError := conjur.ResourceIDs(&conjurapi.ResourceFilter{Search: "scratch"})
		return errors.Join(err, listError, expect(!slices.Contains(got, account+":host:scratch/one"), "%v", got))
	})
	check("policy: the key of a host that was deleted is refused", func() error {
		_, err := conjur.Authenticate(authn.LoginPair{Login: "host/scratch/one", APIKey: first})
		return refused(401, err)
	})
	check("policy: a dry run changes nothing", func() error {
		_, err := conjur.DryRunPolicy(conjurapi.PolicyModePost, "scratch", strings.NewReader("- !variable dry"))
		// A genuine 1.24 nests what it would create in a way that this client cannot read. That it answered is what counts.
		var unreadable *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &unreadable) {
			return err
		}
		there, err := conjur.ResourceExists(account + ":variable:scratch/dry")
		return errors.Join(err, expect(!there, "it is there"))
	})
	check("policy: a dry run tells what is wrong", func() error {
		got, err := conjur.DryRunPolicy(conjurapi.PolicyModePost, "scratch", strings.NewReader("- !nonsense x"))
		if err != nil {
			return err
		}
		return expect(got.Status == "Invalid YAML" && len(got.Errors) == 1, "%v", got)
	})
	check("policy: the effective one", func() error {
		got, err := conjur.FetchPolicy("scratch", false, 64, 1000)
		return errors.Join(err, expect(bytes.Contains(got, []byte("only")), "%s", got))
	})
	check("policy: one that cannot be read is refused", func() error {
		_, err := load(conjurapi.PolicyModePost, "- !nonsense x")
		return refused(422, err)
	})
}

func checkRotation(conjur *conjurapi.Client) {
	check("rotation: another's key", func() error {
		before, err := conjur.RotateHostAPIKey("app/rotated")
		if err != nil {
			return err
		}
		after, err := conjur.RotateHostAPIKey("app/rotated")
		if err != nil {
			return err
		}
		login := "host/app/rotated"
		_, oldError := conjur.Authenticate(authn.LoginPair{Login: login, APIKey: string(before)})
		_, newError := conjur.Authenticate(authn.LoginPair{Login: login, APIKey: string(after)})
		return errors.Join(newError, refused(401, oldError))
	})
	check("rotation: one's own key", func() error {
		given, err := conjur.RotateUserAPIKey("alice")
		if err != nil {
			return err
		}
		// It rotates with the key that a login has stored.
		stored := config()
		stored.CredentialStorage = conjurapi.CredentialStorageFile
		stored.NetRCPath = filepath.Join(os.Getenv("PEER_FOLDER"), "netrc")
		alice, err := conjurapi.NewClient(stored)
		if err != nil {
			return err
		}
		if _, err := alice.Login("alice", string(given)); err != nil {
			return err
		}
		fresh, err := alice.RotateCurrentUserAPIKey()
		if err != nil {
			return err
		}
		_, oldError := conjur.Authenticate(authn.LoginPair{Login: "alice", APIKey: string(given)})
		_, newError := conjur.Authenticate(authn.LoginPair{Login: "alice", APIKey: string(fresh)})
		return errors.Join(newError, refused(401, oldError))
	})
	check("rotation: a password is changed and then used", func() error {
		given, err := conjur.RotateUserAPIKey("alice")
		if err != nil {
			return err
		}
		if _, err := conjur.ChangeUserPassword("alice", string(given), "Str0ng-enough-Pass!"); err != nil {
			return err
		}
		_, err = conjur.Login("alice", "Str0ng-enough-Pass!")
		_, wrong := conjur.Login("alice", "another")
		return errors.Join(err, refused(401, wrong))
	})
	check("rotation: a weak password is refused", func() error {
		_, err := conjur.ChangeUserPassword("alice", "Str0ng-enough-Pass!", "weak")
		return refused(422, err)
	})
}

func checkHostFactory(conjur *conjurapi.Client) {
	factory := account + ":host_factory:app/factory"
	var token string
	check("host factory: tokens are made", func() error {
		got, err := conjur.CreateToken("10m", factory, []string{}, 2)
		if err != nil {
			return err
		}
		if len(got) != 2 || got[0].Token == got[1].Token {
			return fmt.Errorf("%d tokens, or twice the same", len(got))
		}
		token = got[0].Token
		return nil
	})
	check("host factory: a host is made, and logs in", func() error {
		made, err := conjur.CreateHostWithAnnotations("made", token, map[string]string{"authn/api-key": "true"})
		if err != nil {
			return err
		}
		_, err = conjur.Authenticate(authn.LoginPair{Login: "host/made", APIKey: made.ApiKey})
		members, memberError := conjur.RoleMemberships(account + ":host:made")
		return errors.Join(err, memberError, expect(len(members) == 1, "%v", members))
	})
	check("host factory: a token is bound to addresses", func() error {
		far, err := conjur.CreateToken("10m", factory, []string{"192.0.2.0/24"}, 1)
		if err != nil {
			return err
		}
		_, refusal := conjur.CreateHost("far", far[0].Token)
		return refused(401, refusal)
	})
	check("host factory: a token that was revoked is refused", func() error {
		if err := conjur.DeleteToken(token); err != nil {
			return err
		}
		_, err := conjur.CreateHost("late", token)
		return refused(401, err)
	})
}

func checkAuthenticators(conjur *conjurapi.Client) {
	check("authenticators: one is switched off and on", func() error {
		return errors.Join(conjur.EnableAuthenticator("jwt", "ci", false), conjur.EnableAuthenticator("jwt", "ci", true))
	})
	check("authenticators: one that is not there", func() error {
		return expect(conjur.EnableAuthenticator("jwt", "ghost", true) != nil, "no error")
	})
}

func checkV2(conjur *conjurapi.Client) {
	v2 := conjur.V2()
	check("V2: branches", func() error {
		made, err := v2.CreateBranch(conjurapi.Branch{Name: "inner", Branch: "scratch"})
		if err != nil {
			return err
		}
		read, err := v2.ReadBranch("scratch/inner")
		if err != nil {
			return err
		}
		_, deleteError := v2.DeleteBranch("scratch/inner")
		_, goneError := v2.ReadBranch("scratch/inner")
		return errors.Join(deleteError, expect(goneError != nil, "it is still there"),
			expect(made.Name == "inner" && read.Branch == "scratch", "%v %v", made, read))
	})
	check("V2: a group gets a member and loses it", func() error {
		member := conjurapi.GroupMember{ID: "app/rotated", Kind: "host"}
		if _, err := v2.AddGroupMember("app/readers", member); err != nil {
			return err
		}
		members, err := conjur.RoleMembers(account + ":group:app/readers")
		_, removeError := v2.RemoveGroupMember("app/readers", member)
		return errors.Join(err, removeError, expect(len(members) == 3, "%v", members))
	})
	check("V2: authenticators", func() error {
		got, err := v2.ListAuthenticators()
		if err != nil {
			return err
		}
		return expect(got.Count >= 1, "%v", got)
	})
}

func checkOtherLogins() {
	who := func(client *conjurapi.Client, err error, login string) error {
		if err != nil {
			return err
		}
		got, err := client.WhoAmI()
		return errors.Join(err, expect(bytes.Contains(got, []byte(`"username":"`+login+`"`)), "%s", got))
	}
	metadata := os.Getenv("PEER_METADATA_URL")
	check("other logins: Google, from the metadata service on", func() error {
		google := config()
		google.AuthnType = "gcp"
		google.JWTHostID = "app/reader"
		path := "/computeMetadata/v1/instance/service-accounts/default/identity"
		client, err := conjurapi.NewClientFromGCPCredentials(google, metadata+path)
		return who(client, err, "host/app/reader")
	})
	check("other logins: Azure, with a token of the metadata service", func() error {
		token, err := azureToken(metadata)
		if err != nil {
			return err
		}
		azure := config()
		azure.AuthnType, azure.ServiceID = "azure", "prod"
		azure.JWTHostID, azure.JWTContent = "app/reader", token
		client, err := conjurapi.NewClientFromAzureCredentials(azure)
		return who(client, err, "host/app/reader")
	})
	check("other logins: LDAP, a password for an api key", func() error {
		ldap := config()
		ldap.AuthnType, ldap.ServiceID = "ldap", "work"
		client, err := conjurapi.NewClient(ldap)
		if err != nil {
			return err
		}
		key, err := client.Login("alice", os.Getenv("PEER_LDAP_PASSWORD"))
		if err != nil {
			return err
		}
		_, wrong := client.Login("alice", "another")
		alice, err := conjurapi.NewClientFromKey(ldap, authn.LoginPair{Login: "alice", APIKey: string(key)})
		return errors.Join(refused(401, wrong), who(alice, err, "alice"))
	})
}

func azureToken(metadata string) (string, error) {
	query := "api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"
	request, err := http.NewRequest(http.MethodGet, metadata+"/metadata/identity/oauth2/token?"+query, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Metadata", "true")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var told struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(answer.Body).Decode(&told)
	return told.AccessToken, err
}

// The vendor's service, as the local Conjur plays it.
func checkService() {
	saas := config()
	saas.ApplianceURL, saas.Account = os.Getenv("PEER_SERVICE_URL"), "conjur"
	saas.Environment = conjurapi.EnvironmentSaaS
	client, err := conjurapi.NewClientFromKey(saas, authn.LoginPair{Login: "admin", APIKey: os.Getenv("PEER_SERVICE_KEY")})
	check("service: a client for it is made", func() error { return err })
	if err != nil {
		return
	}
	v2 := client.V2()
	check("service: a secret with its value and permissions in one request", func() error {
		made, err := v2.CreateStaticSecret(conjurapi.StaticSecret{
			Branch: "/data/app", Name: "password", MimeType: "text/plain", Value: "correct horse",
			Annotations: map[string]string{"purpose": "a test"},
			Permissions: []conjurapi.Permission{{
				Subject:    conjurapi.Subject{Id: "data/app/readers", Kind: "group"},
				Privileges: []string{"read", "execute"},
			}},
		})
		if err != nil {
			return err
		}
		value, err := client.RetrieveSecret("data/app/password")
		return errors.Join(err, expect(made.Name == "password" && string(value) == "correct horse", "%v %s", made, value))
	})
	check("service: its description and permissions", func() error {
		details, err := v2.GetStaticSecretDetails("data/app/password")
		if err != nil {
			return err
		}
		rights, err := v2.GetStaticSecretPermissions("data/app/password")
		if err != nil {
			return err
		}
		return expect(details.Branch == "/data/app" && rights.Count == 1 && len(rights.Permission[0].Privileges) == 2,
			"%v %v", details, rights)
	})
	check("service: a status for each of many values", func() error {
		got, err := v2.BatchRetrieveSecrets([]string{"data/app/password", "data/app/ghost"})
		if err != nil {
			return err
		}
		return expect(len(got.Secrets) == 2 && got.Secrets[0].Value == "correct horse" && got.Secrets[1].Status == 404, "%v", got)
	})
	check("service: branches, members of groups and authenticators, without an account in the path", func() error {
		made, err := v2.CreateBranch(conjurapi.Branch{Name: "inner", Branch: "data/app"})
		if err != nil {
			return err
		}
		_, memberError := v2.AddGroupMember("data/app/readers", conjurapi.GroupMember{ID: "data/app/reader", Kind: "host"})
		_, listError := v2.ListAuthenticators()
		return errors.Join(memberError, listError, expect(made.Name == "inner", "%v", made))
	})
	check("service: nobody loads into the root policy", func() error {
		_, err := client.LoadPolicy(conjurapi.PolicyModePost, "root", strings.NewReader("- !variable x"))
		return refused(403, err)
	})
}
