// Command mautrix is a bridge to a network that is made up. All but the network is mautrix's own: it reads the configuration, asks the database, and talks to Synapse as the
// bridges to WhatsApp, Signal, Telegram, Slack, Messenger and Google Messages do, whose networks cannot be had here.
package main

import (
	"context"
	"os"
	"time"

	"go.mau.fi/util/configupgrade"
	"maunium.net/go/mautrix/bridgev2"
	"maunium.net/go/mautrix/bridgev2/database"
	"maunium.net/go/mautrix/bridgev2/matrix/mxmain"
	"maunium.net/go/mautrix/bridgev2/networkid"
	"maunium.net/go/mautrix/bridgev2/simplevent"
	"maunium.net/go/mautrix/bridgev2/status"
	"maunium.net/go/mautrix/event"
)

func main() {
	network := &network{name: os.Getenv("NETWORK")}
	bridge := mxmain.BridgeMain{Name: "mautrix-" + network.name, Description: "A bridge to nowhere", Version: "26.08", SemCalVer: true, Connector: network}
	bridge.InitVersion("unknown", "unknown", "unknown")
	bridge.Run()
}

// network is the other side: one person, who writes to everybody who logs in.
type network struct {
	name   string
	bridge *bridgev2.Bridge
	// What stands below network in the file, as far as matrixgen writes it.
	config struct {
		APIID   int    `yaml:"api_id"`
		APIHash string `yaml:"api_hash"`
	}
}

const peer = networkid.UserID("peer")

func (n *network) Init(bridge *bridgev2.Bridge)                   { n.bridge = bridge }
func (n *network) Start(context.Context) error                    { return nil }
func (n *network) GetDBMetaTypes() database.MetaTypes             { return database.MetaTypes{} }
func (n *network) GetBridgeInfoVersion() (info, capabilities int) { return 1, 1 }
func (n *network) GetCapabilities() *bridgev2.NetworkGeneralCapabilities {
	return &bridgev2.NetworkGeneralCapabilities{}
}

func (n *network) GetName() bridgev2.BridgeName {
	return bridgev2.BridgeName{DisplayName: n.name, NetworkURL: "https://network.example", NetworkID: n.name, BeeperBridgeType: n.name, DefaultPort: 29999}
}

func (n *network) GetConfig() (string, any, configupgrade.Upgrader) {
	return "api_id: 0\napi_hash: none\n", &n.config, configupgrade.SimpleUpgrader(func(helper configupgrade.Helper) {
		helper.Copy(configupgrade.Int, "api_id")
		helper.Copy(configupgrade.Str, "api_hash")
	})
}

func (n *network) LoadUserLogin(_ context.Context, login *bridgev2.UserLogin) error {
	login.Client = &session{network: n, login: login}
	return nil
}

func (n *network) GetLoginFlows() []bridgev2.LoginFlow {
	return []bridgev2.LoginFlow{{Name: "Word", Description: "Any word will do", ID: "word"}}
}

func (n *network) CreateLogin(_ context.Context, user *bridgev2.User, _ string) (bridgev2.LoginProcess, error) {
	return &entry{network: n, user: user}, nil
}

// entry is a login under way.
type entry struct {
	network *network
	user    *bridgev2.User
}

func (*entry) Cancel() {}

func (*entry) Start(context.Context) (*bridgev2.LoginStep, error) {
	return &bridgev2.LoginStep{
		Type: bridgev2.LoginStepTypeUserInput, StepID: "example.word", Instructions: "Say a word",
		UserInputParams: &bridgev2.LoginUserInputParams{Fields: []bridgev2.LoginInputDataField{{Type: bridgev2.LoginInputFieldTypeUsername, ID: "word", Name: "Word"}}},
	}, nil
}

func (e *entry) SubmitUserInput(ctx context.Context, _ map[string]string) (*bridgev2.LoginStep, error) {
	// Whether the secret that lies in a file of its own came through, and the number beside it.
	known := "no application"
	if e.network.config.APIID != 0 {
		known = "application " + e.network.config.APIHash
	}
	login, err := e.user.NewLogin(ctx, &database.UserLogin{ID: "me", RemoteName: known}, nil)
	if err != nil {
		return nil, err
	}
	login.Client.Connect(ctx)
	return &bridgev2.LoginStep{
		Type: bridgev2.LoginStepTypeComplete, StepID: "example.done", Instructions: "Logged in with " + known,
		CompleteParams: &bridgev2.LoginCompleteParams{UserLoginID: login.ID, UserLogin: login},
	}, nil
}

// session is somebody who is logged in.
type session struct {
	network *network
	login   *bridgev2.UserLogin
}

// Connect has the person on the other side write first.
func (s *session) Connect(context.Context) {
	s.login.BridgeState.Send(status.BridgeState{StateEvent: status.StateConnected})
	for i, sender := range []bridgev2.EventSender{{Sender: peer}, {IsFromMe: true, Sender: "me", SenderLogin: s.login.ID}} {
		text := []string{"Hello from the other side", "Hello from my other device"}[i]
		s.login.QueueRemoteEvent(&simplevent.PreConvertedMessage{
			EventMeta: simplevent.EventMeta{Type: bridgev2.RemoteEventMessage, PortalKey: networkid.PortalKey{ID: "chat"}, Sender: sender, CreatePortal: true, Timestamp: time.Now()},
			ID:        networkid.MessageID(text),
			Data: &bridgev2.ConvertedMessage{Parts: []*bridgev2.ConvertedMessagePart{{
				Type: event.EventMessage, Content: &event.MessageEventContent{MsgType: event.MsgText, Body: text},
			}}},
		})
	}
}

func (*session) Disconnect()                                              {}
func (*session) IsLoggedIn() bool                                         { return true }
func (*session) LogoutRemote(context.Context)                             {}
func (*session) IsThisUser(_ context.Context, user networkid.UserID) bool { return user == "me" }

func (s *session) GetChatInfo(context.Context, *bridgev2.Portal) (*bridgev2.ChatInfo, error) {
	title := "A chat"
	return &bridgev2.ChatInfo{Name: &title, Members: &bridgev2.ChatMemberList{IsFull: true, MemberMap: bridgev2.ChatMemberMap{
		"me": {EventSender: bridgev2.EventSender{IsFromMe: true, Sender: "me", SenderLogin: s.login.ID}},
		peer: {EventSender: bridgev2.EventSender{Sender: peer}},
	}}}, nil
}

func (*session) GetUserInfo(_ context.Context, ghost *bridgev2.Ghost) (*bridgev2.UserInfo, error) {
	name := string(ghost.ID)
	return &bridgev2.UserInfo{Name: &name}, nil
}

func (*session) GetCapabilities(context.Context, *bridgev2.Portal) *event.RoomFeatures {
	return &event.RoomFeatures{ID: "example.none"}
}

// HandleMatrixMessage takes what is written here, and has it answered.
func (s *session) HandleMatrixMessage(_ context.Context, message *bridgev2.MatrixMessage) (*bridgev2.MatrixMessageResponse, error) {
	s.login.QueueRemoteEvent(&simplevent.PreConvertedMessage{
		EventMeta: simplevent.EventMeta{Type: bridgev2.RemoteEventMessage, PortalKey: message.Portal.PortalKey, Sender: bridgev2.EventSender{Sender: peer}, Timestamp: time.Now()},
		ID:        networkid.MessageID("answer to " + message.Event.ID),
		Data: &bridgev2.ConvertedMessage{Parts: []*bridgev2.ConvertedMessagePart{{
			Type: event.EventMessage, Content: &event.MessageEventContent{MsgType: event.MsgText, Body: "You said: " + message.Content.Body},
		}}},
	})
	return &bridgev2.MatrixMessageResponse{DB: &database.Message{ID: networkid.MessageID(message.Event.ID), SenderID: "me"}}, nil
}
